#include "jobs/form.hpp"

#include <array>

#include "tests/support/temporary_folder.hpp"
#include "tests/unit/jobs/job_support.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace batchmill::jobs;

namespace {

constexpr std::array<std::string_view, 2> names = {"file", "image"};
constexpr form_rules rules{names, 10};

struct form {
  explicit form(const temporary_folder& folder, const std::string& body) {
    prepared.request.body = body;
    problem = make_form(prepared, rules, folder.path(""));
    const std::string type = "multipart/form-data; boundary=";
    if (prepared.request.content_type.starts_with(type)) {
      boundary = prepared.request.content_type.substr(type.size());
    }
  }

  prepared_request prepared;
  std::optional<row_problem> problem;
  std::string boundary;
};

}  // namespace

TEST_CASE("a body becomes a form, to the letter") {
  const temporary_folder folder;
  folder.write("a \"1\".FLAC", "fLaC");
  const form f(folder, R"({"file":"a \"1\".FLAC","model":"m","t":0.50,"g":["word","x"]})");
  REQUIRE_FALSE(f.problem);
  const std::string dash = "--" + f.boundary + "\r\n";
  CHECK(f.boundary.size() == 42);
  CHECK(f.prepared.request.body ==
        dash + "Content-Disposition: form-data; name=\"file\"; filename=\"a %221%22.FLAC\"\r\n" +
            "Content-Type: audio/flac\r\n\r\n\r\n" + dash +
            "Content-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n" + dash +
            "Content-Disposition: form-data; name=\"t\"\r\n\r\n0.50\r\n" + dash +
            "Content-Disposition: form-data; name=\"g[]\"\r\n\r\nword\r\n" + dash +
            "Content-Disposition: form-data; name=\"g[]\"\r\n\r\nx\r\n--" + f.boundary + "--\r\n");
  REQUIRE(f.prepared.request.uploads.size() == 1);
  const upload& u = f.prepared.request.uploads[0];
  CHECK(u.size == 4);
  CHECK(f.prepared.request.body.substr(0, u.at).ends_with("audio/flac\r\n\r\n"));
}

TEST_CASE("several files of one name are a list") {
  const temporary_folder folder;
  folder.write("a.png", "1");
  folder.write("b", "22");
  const form f(folder, R"({"image":["a.png","b"]})");
  REQUIRE(f.prepared.request.uploads.size() == 2);
  CHECK_THAT(f.prepared.request.body, ContainsSubstring("name=\"image[]\"; filename=\"b\"\r\n"
                                                        "Content-Type: application/octet-stream"));
}

TEST_CASE("the boundary follows from fields and contents") {
  const temporary_folder folder;
  folder.write("a", "1");
  const std::string before = form(folder, R"({"file":"a"})").boundary;
  CHECK(form(folder, R"({"file":"a"})").boundary == before);
  CHECK(form(folder, R"({"file":"a","x":""})").boundary != before);
  folder.write("a", "2");
  CHECK(form(folder, R"({"file":"a"})").boundary != before);
}

TEST_CASE("files that cannot be sent fail their row") {
  const temporary_folder folder;
  folder.write("long", "12345678901");
  CHECK(form(folder, R"({"file":"long"})").problem->code == "file_too_large");
  CHECK(form(folder, R"({"file":"none"})").problem->code == "file_not_found");
  CHECK(form(folder, R"({"file":"../none"})").problem->code == "file_outside");
  CHECK_FALSE(form(folder, R"({"file":null})").problem);
  CHECK_FALSE(names_file(R"({"file":null,"x":"a"})", rules));
  CHECK(names_file(R"({"image":["a"]})", rules));
  CHECK(form(folder, R"({"file":5})").problem->sentence == "`file` must be the path of a file");
}
