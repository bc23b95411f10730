#include "jobs/data_url.hpp"

#include "jobs/chat.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/unit/jobs/job_support.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using jobs::base64;
using jobs::image_type;

namespace {

constexpr std::string_view png = "\x89PNG\r\n\x1a\n";
constexpr std::string_view png_url = "data:image/png;base64,iVBORw0KGgo=";

constexpr const char* describe_template =
    R"({"messages":[{"role":"user","content":[{"type":"image_url","image_url":)"
    R"({"url":"{{ image | data_url }}"}}]}]})";

/// A row of `in.jsonl` in `folder`.
boost::system::result<prepared_request, row_failure> prepare(const temporary_folder& folder,
                                                             const std::string& text,
                                                             const std::string& root = "") {
  job_spec spec = spec_with(describe_template);
  spec.input.files_root = root;
  row r = line_17(text);
  r.file = std::make_shared<const std::string>(folder.path("in.jsonl"));
  return jobs::make_chat(spec, row_format::rows)->prepare(r);
}

}  // namespace

TEST_CASE("base64 as RFC 4648 has it") {
  CHECK(base64("").empty());
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foo") == "Zm9v");
  CHECK(base64("foobar") == "Zm9vYmFy");
  CHECK(base64(std::string_view("\xff\xfe\xfd\0", 4)) == "//79AA==");
}

TEST_CASE("an image's type is what its bytes say") {
  CHECK(image_type(png) == "image/png");
  CHECK(image_type("\xff\xd8\xff\xe0") == "image/jpeg");
  CHECK(image_type("GIF89a...") == "image/gif");
  CHECK(image_type(std::string_view("RIFF\1\0\0\0WEBPVP8 ", 16)) == "image/webp");
  CHECK(image_type("RIFF").empty());
  CHECK(image_type("RIFF....WAVE").empty());
  CHECK(image_type("<svg/>").empty());
  CHECK(image_type("").empty());
}

TEST_CASE("a row's image goes into the body as a data URL") {
  const temporary_folder folder;
  folder.write("cat.jpeg", std::string(png));
  const auto prepared = prepare(folder, R"({"image":"cat.jpeg"})");
  REQUIRE(prepared.has_value());
  CHECK_THAT(prepared->request.body, ContainsSubstring("\"url\":\"" + std::string(png_url) + "\""));
}

TEST_CASE("images lie beside the input or in the folder that the spec names") {
  const temporary_folder folder;
  const temporary_folder elsewhere;
  elsewhere.write("cat.png", std::string(png));
  CHECK_FALSE(prepare(folder, R"({"image":"cat.png"})").has_value());
  CHECK(prepare(folder, R"({"image":"cat.png"})", elsewhere.path("")).has_value());
}

TEST_CASE("a row whose image cannot be sent fails alone and says why") {
  const temporary_folder folder;
  folder.write("notes.txt", "hello");
  const auto failure = [&](const std::string& text) {
    const auto prepared = prepare(folder, text);
    REQUIRE_FALSE(prepared.has_value());
    return prepared.error();
  };
  const std::string line = folder.path("in.jsonl:17");
  CHECK(failure(R"({"image":"dog.png"})").code == "file_not_found");
  CHECK(failure(R"({"image":"dog.png"})").message ==
        line + ": the file 'dog.png' in " + folder.path("").substr(0, folder.path("").size() - 1) +
            " cannot be read: No such file or directory");
  CHECK(failure(R"({"image":"notes.txt"})").message ==
        line + ": the file 'notes.txt' is neither a PNG, JPEG, WEBP nor GIF image");
  CHECK(failure(R"({"image":"../x.png"})").code == "file_outside");
  CHECK(failure(R"({"image":3})").message ==
        line + ": the field 'image' is not the path of a file (template at triage.yaml:10:15)");
  CHECK(failure("{}").code == "missing_field");
}

TEST_CASE("an image larger than 20 MB is not sent") {
  const temporary_folder folder;
  folder.write("big.png", std::string(png) + std::string(20'000'000, 'x'));
  const auto prepared = prepare(folder, R"({"image":"big.png"})");
  REQUIRE_FALSE(prepared.has_value());
  CHECK(prepared.error().code == "file_too_large");
}
