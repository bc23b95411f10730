#include "runner/simulator/endpoints/images.hpp"

#include <openssl/evp.h>
#include <zlib.h>

#include "runner/simulator/png.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/simulated_api.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using simulator_detail::image_size;
using simulator_detail::make_png;
using simulator_detail::png_size;

namespace {

std::string decoded(const std::string& base64) {
  std::string bytes(base64.size() / 4 * 3, '\0');
  const auto size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                    reinterpret_cast<const unsigned char*>(base64.data()),
                                    static_cast<int>(base64.size()));
  bytes.resize(static_cast<std::size_t>(size));
  return bytes;
}

api_answer generate(std::string_view members) {
  simulated_api api;
  return api.post("/v1/images/generations", "{" + std::string(members) + "}");
}

api_answer generate_with(std::string_view model, std::string_view more = {}) {
  return generate(R"("prompt":"a cat","model":")" + std::string(model) + "\"" + std::string(more));
}

const std::string square = make_png({64, 64}, 1);

}  // namespace

TEST_CASE("a picture is a PNG whose pixels unpack") {
  const auto png = make_png({100, 30}, 7);
  CHECK(png_size(png) == image_size{100, 30});
  CHECK(png != make_png({100, 30}, 8));
  const auto at = png.find("IDAT");
  REQUIRE(at != std::string::npos);
  std::size_t length = 0;
  for (int i = 4; i > 0; --i) length = length << 8 | static_cast<unsigned char>(png[at - i]);
  std::string pixels(30 * (1 + 25), '\0');
  auto size = static_cast<uLongf>(pixels.size());
  CHECK(uncompress(reinterpret_cast<Bytef*>(pixels.data()), &size,
                   reinterpret_cast<const Bytef*>(png.data() + at + 4), length) == Z_OK);
  CHECK(size == pixels.size());
  CHECK(png.ends_with(std::string("IEND\xae\x42\x60\x82")));
}

TEST_CASE("the GPT image models answer with base64 and usage") {
  const auto answer = generate_with("gpt-image-1", R"(,"size":"1536x1024","quality":"low","n":2)");
  REQUIRE(answer.status() == 200);
  CHECK(answer.at("/data").as_array().size() == 2);
  CHECK(png_size(decoded(answer.text("/data/0/b64_json"))) == image_size{1536, 1024});
  CHECK(answer.at("/data/0") != answer.at("/data/1"));
  CHECK(answer.text("/size") == "1536x1024");
  CHECK(answer.text("/quality") == "low");
  CHECK(answer.number("/usage/output_tokens") == 2 * 408);
  CHECK(answer.number("/usage/input_tokens_details/text_tokens") == 2);
  CHECK(generate_with("gpt-image-1").text("/size") == "1024x1024");
}

TEST_CASE("the older models give an address that the simulator serves without a key") {
  simulated_api api;
  const auto answer = api.post("/v1/images/generations",
                               R"({"prompt":"a cat","model":"dall-e-2","size":"256x256"})");
  REQUIRE(answer.status() == 200);
  CHECK_FALSE(answer.json.as_object().contains("usage"));
  const auto url = answer.text("/data/0/url");
  const auto path = url.substr(url.find("/simulator/"));
  api.authorization.clear();
  const auto picture = api.get(path);
  CHECK(picture.header("content-type") == "image/png");
  CHECK(png_size(picture.raw.body) == image_size{256, 256});
  const auto inlined = generate(
      R"("prompt":"a cat","model":"dall-e-2","size":"256x256","response_format":"b64_json")");
  CHECK(png_size(decoded(inlined.text("/data/0/b64_json"))) == image_size{256, 256});
  for (const auto* wrong : {"x", "1-1x1", "1-0x1.png", "1-4000x1.png", "1-1x1.png/", "-1x1.png"})
    CHECK(api.get("/simulator/images/" + std::string(wrong)).status() == 404);
  CHECK(generate_with("dall-e-3").text("/data/0/revised_prompt") == "a cat");
}

TEST_CASE("a size of the newest model is any that it allows") {
  const auto status = [](const std::string& size) {
    return generate_with("gpt-image-2", ",\"size\":\"" + size + "\"").status();
  };
  CHECK(status("320x160") == 200);
  for (const auto* size : {"321x160", "16x160", "0x0", "4000x4000", "320", "320x", "x320"})
    CHECK(status(size) == 400);
}

TEST_CASE("what a generation does not take is refused") {
  CHECK(generate(R"("model":"dall-e-2")").param() == "prompt");
  CHECK(generate_with("dall-e-2", R"(,"quality":"standard")").error() ==
        "Unknown parameter: 'quality'.");
  CHECK(generate_with("gpt-image-1", R"(,"response_format":"url")").error() ==
        "Unknown parameter: 'response_format'.");
  CHECK(generate_with("dall-e-3", R"(,"n":2)").param() == "n");
  CHECK(generate_with("dall-e-2", R"(,"n":11)").code() == "integer_above_max_value");
  CHECK(generate_with("dall-e-2", R"(,"size":"1x1")").error() ==
        "Invalid value: '1x1'. Supported values are: '256x256', '512x512', and '1024x1024'.");
  CHECK(generate_with("gpt-image-1", R"(,"size":"320x160")").param() == "size");
  CHECK(generate_with("gpt-4o").param() == "model");
  CHECK(generate_with("gpt-image-1", R"(,"output_format":"webp")").code() == "unsupported_value");
  CHECK(generate_with("gpt-image-1", R"(,"stream":true)").param() == "stream");
  CHECK(generate(R"("prompt":"")").code() == "empty_string");
  CHECK(generate("\"prompt\":\"" + std::string(1'001, 'x') + "\"").code() ==
        "string_above_max_length");
}

TEST_CASE("an edit takes images by form or by address") {
  simulated_api api;
  const auto form = [](const char* name) {
    return form_body()
        .field("prompt", "greener")
        .field("model", "gpt-image-1")
        .field("n", "2")
        .file(name, "a.png", square);
  };
  const auto answer = api.post("/v1/images/edits", form("image").file("mask", "m.png", square));
  REQUIRE(answer.status() == 200);
  CHECK(answer.at("/data").as_array().size() == 2);
  CHECK(answer.number("/usage/input_tokens_details/image_tokens") > 0);
  CHECK(api.post("/v1/images/edits", form("image[]").file("image[]", "b.png", square)).status() ==
        200);
  CHECK(api.post("/v1/images/edits", R"({"prompt":"greener","model":"gpt-image-1.5",
      "images":[{"image_url":"https://a.b/c.png"},{"file_id":"file-1"}]})")
            .status() == 200);
}

TEST_CASE("equal forms get equal answers, whatever their boundary") {
  simulated_api api;
  const auto make = [](const char* boundary) {
    return form_body(boundary).file("image", "a.png", square);
  };
  CHECK(api.post("/v1/images/variations", make("x")).raw.body ==
        api.post("/v1/images/variations", make("y")).raw.body);
}

TEST_CASE("images that cannot be edited are refused") {
  simulated_api api;
  const auto edit = [&](const std::string& file, const char* model) {
    return api.post(
        "/v1/images/edits",
        form_body().field("prompt", "p").field("model", model).file("image", "a", file));
  };
  const auto answer = edit("no image", "gpt-image-1");
  CHECK(answer.status() == 400);
  CHECK(answer.type() == "image_generation_user_error");
  CHECK(answer.code() == "invalid_image_file");
  CHECK(edit("\xFF\xD8\xFF jpeg", "gpt-image-1").status() == 200);
  CHECK(edit("\xFF\xD8\xFF jpeg", "dall-e-2").error() ==
        "Uploaded image must be a PNG and less than 4 MB.");
  CHECK(edit(make_png({8, 16}, 1), "dall-e-2").error() == "Uploaded image must be square.");
  CHECK(edit(square, "dall-e-3").param() == "model");
  CHECK(api.post("/v1/images/edits", form_body().field("prompt", "p")).param() == "image");
  CHECK(api.post("/v1/images/edits",
                 form_body().field("prompt", "p").field("n", "two").file("image", "a", square))
            .error() == "Invalid type for 'n': expected an integer, but got a string instead.");
  CHECK(api.post("/v1/images/edits", R"({"prompt":"p","model":"gpt-image-1"})").param() ==
        "images");
  CHECK(api.post("/v1/images/edits",
                 R"({"prompt":"p","model":"gpt-image-1","images":[{"image_url":"x"}]})")
            .param() == "images[0].image_url");
  CHECK(api.post("/v1/images/variations", "{}").code() == "unsupported_content_type");
  CHECK(api.post("/v1/images/variations",
                 form_body().field("model", "gpt-image-1").file("image", "a", square))
            .param() == "model");
  CHECK(api.post("/v1/images/generations", form_body().field("prompt", "p")).code() ==
        "unsupported_content_type");
  api.content_type = "multipart/form-data";
  CHECK(api.post("/v1/images/variations", "x").error() ==
        "Could not parse multipart form: the Content-Type header names no boundary.");
}
