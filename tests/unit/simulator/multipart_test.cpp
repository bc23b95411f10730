#include "runner/simulator/multipart.hpp"

#include <boost/json.hpp>
#include <deque>

#include "runner/simulator/dice.hpp"
#include "runner/simulator/form_fields.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/form_body.hpp"

using namespace batchmill::simulator_detail;
using batchmill::testing::form_body;

namespace {

// Forms are views: what was parsed stays until the end.
form_data parse(const std::string& body, std::string_view boundary = "b") {
  static std::deque<std::string> bodies;
  form_data form;
  const auto error = parse_form(bodies.emplace_back(body), boundary, form);
  INFO((error ? error->message : ""));
  REQUIRE_FALSE(error);
  return form;
}

std::string problem(const std::string& body, std::string_view boundary = "b") {
  form_data form;
  const auto error = parse_form(body, boundary, form);
  return error ? error->message : "accepted";
}

const std::string head = "--b\r\nContent-Disposition: form-data; name=\"a\"";

}  // namespace

TEST_CASE("a form is fields and files") {
  const auto body = form_body("b").field("model", "whisper-1").file("file", "a.wav", "RIFF").text();
  const auto form = parse(body);
  REQUIRE(form.parts.size() == 2);
  CHECK(form.parts[0].name == "model");
  CHECK(form.parts[0].content == "whisper-1");
  CHECK_FALSE(form.parts[0].is_file);
  CHECK(form.parts[1].filename == "a.wav");
  CHECK(form.parts[1].content_type == "application/octet-stream");
  CHECK(form.files("file").size() == 1);
  CHECK(form.files("model").empty());
}

TEST_CASE("contents may be empty or hold anything but the boundary") {
  using namespace std::string_literals;
  CHECK(parse(head + "\r\n\r\n\r\n--b--").parts[0].content.empty());
  const auto bytes = "\r\n--a\r\n\0\xff--b\r\n\r\n"s;
  CHECK(parse(head + "\r\n\r\n" + bytes + "\r\n--b--\r\n").parts[0].content == bytes);
  CHECK(parse("--b--").parts.empty());
}

TEST_CASE("names may be quoted with escapes, or bare") {
  const auto name = [](const std::string& disposition) {
    return parse("--b\r\ncontent-disposition: FORM-DATA; " + disposition + "\r\n\r\nx\r\n--b--")
        .parts[0]
        .name;
  };
  CHECK(name("name=a") == "a");
  CHECK(name("name=\"a;b\" ; filename=c") == "a;b");
  CHECK(name(R"(name="say \"hi\"")") == R"(say "hi")");
  CHECK(name(R"(name="C:\file")") == R"(C:\file)");
  CHECK(name("filename=\"f\"; name=\"\xc3\xa9\"") == "\xc3\xa9");
}

TEST_CASE("a malformed form is refused with the reason") {
  const std::string prefix = "Could not parse multipart form: ";
  CHECK(problem("", "") == prefix + "the Content-Type header names no boundary.");
  CHECK(problem("") == prefix + "it does not begin with its boundary.");
  CHECK(problem("\r\n--b--") == prefix + "it does not begin with its boundary.");
  CHECK(problem("--bc--") == prefix + "a boundary stands in a line with something else.");
  CHECK(problem("--b\n") == prefix + "a boundary stands in a line with something else.");
  CHECK(problem("--b\r\n--b--") == prefix + "a part's headers do not end.");
  CHECK(problem(head + "\r\n\r\nx") == prefix + "a part does not end.");
  CHECK(problem(head + "\r\n\r\nx\r\n--b") ==
        prefix + "a boundary stands in a line with something else.");
  CHECK(problem(head + "\r\n\r\nx\r\n--b--\r\nmore") == prefix + "something follows its end.");
  CHECK(problem("--b\r\nX: y\r\n\r\nx\r\n--b--") == prefix + "a part has no name.");
  CHECK(problem("--b\r\nno header\r\n\r\nx\r\n--b--") == prefix + "a header is malformed.");
  CHECK(problem("--b\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--b--") ==
        prefix + "a part is not form-data.");
  for (const auto* bad : {"name", "name=", "name=\"a", "name=\"a\"b", "name=a\"b"}) {
    INFO(bad);
    CHECK(problem(std::string("--b\r\nContent-Disposition: form-data; ") + bad +
                  "\r\n\r\nx\r\n--b--") == prefix + "a Content-Disposition header is malformed.");
  }
  CHECK(problem(head + "\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n--b--") ==
        prefix + "a part is encoded.");
  form_body many("b");
  for (int i = 0; i < 1'001; ++i) many.field("a", "");
  CHECK(problem(many.text()) == prefix + "it has too many parts.");
}

TEST_CASE("the boundary comes from the header") {
  CHECK(boundary_of("multipart/form-data; boundary=abc") == "abc");
  CHECK(boundary_of("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"") == "a b");
  for (const auto* none : {"", "application/json", "multipart/form-data",
                           "multipart/form-data; boundary=", "multipart/form-data; boundary=\"a \"",
                           "multipart/form-data; boundary=a\xff", "multipart/mixed; boundary=a"})
    CHECK(boundary_of(none).empty());
  CHECK(boundary_of("multipart/form-data; boundary=" + std::string(71, 'a')).empty());
}

TEST_CASE("another boundary does not make another form") {
  const auto hash = [](const char* boundary, const char* value) {
    return parse(form_body(boundary).field("a", value).text(), boundary).hash(1);
  };
  CHECK(hash("x", "1") == hash("y", "1"));
  CHECK(hash("x", "1") != hash("x", "2"));
}

TEST_CASE("cutting or changing a form anywhere does no harm") {
  const auto body = form_body("b").field("model", "m").file("f", "a\\\".wav", "RI\r\nFF").text();
  for (std::size_t size = 0; size < body.size() - 2; ++size) {
    INFO(size);
    CHECK(problem(body.substr(0, size)) != "accepted");
  }
  dice die(1);
  for (int i = 0; i < 20'000; ++i) {
    auto changed = body;
    for (auto left = 1 + die.below(3); left > 0; --left)
      changed[die.below(changed.size())] = static_cast<char>(die.below(256));
    form_data form;
    parse_form(changed, "b", form);
    for (const auto& part : form.parts) {
      const bool inside = part.content.empty() || (part.content.data() >= changed.data() &&
                                                   part.content.data() + part.content.size() <=
                                                       changed.data() + changed.size());
      if (!inside) FAIL("a part lies outside of its form");
    }
  }
}

TEST_CASE("fields become JSON of the kinds that are wanted") {
  const auto form = parse(form_body("b")
                              .field("n", "3")
                              .field("t", "0.5")
                              .field("s", "true")
                              .field("text", "7")
                              .field("list[]", "x")
                              .field("list[]", "y")
                              .field("bad", "3x")
                              .file("file", "a", "b")
                              .text());
  const parameter rules[] = {{"n", value_kind::integer},
                             {"t", value_kind::decimal},
                             {"s", value_kind::boolean},
                             {"text", value_kind::string},
                             {"bad", value_kind::integer}};
  const auto fields = typed_fields(fields_of(form), rules);
  CHECK(boost::json::serialize(fields.at("list")) == R"(["x","y"])");
  CHECK(fields.at("n") == 3);
  CHECK(fields.at("t") == 0.5);
  CHECK(fields.at("s") == true);
  CHECK(fields.at("text") == "7");
  CHECK(fields.at("bad") == "3x");
  CHECK_FALSE(fields.contains("file"));
}
