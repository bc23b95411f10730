// Files and data: URLs of images: their size, their kind and their tokens; and base64.
#include "jobs/base64_text.hpp"
#include "jobs/data_url.hpp"
#include "jobs/tokens/image_tokens.hpp"
#include "tests/fuzz/fuzz_target.hpp"

using namespace batchmill;
using fuzz::require;

FUZZ_TARGET(fuzz_images) {
  static constexpr std::string_view models[] = {"gpt-4o", "gpt-4o-mini", "gpt-4.1-mini",
                                                "o1",     "gpt-5",       "unknown"};
  const std::string_view model = models[fuzz::take_choice(input, std::size(models))];
  const auto size = tokens::size_of_image(input);
  if (size) {
    require(size->width > 0 && size->height > 0, "an image has a size");
    require(tokens::image_tokens(model, *size, false) >= 0, "an image has tokens");
  }
  jobs::image_type(input);
  require(tokens::image_tokens_of_url(model, input, true) >= 0, "an address has tokens");
  const std::string coded = jobs::base64(input);
  require(jobs::from_base64(coded) == std::string(input), "base64 comes back");
  const std::string url = "data:image/png;base64," + coded;
  require(tokens::image_tokens_of_url(model, url, false) >= 0, "a data: URL has tokens");
  if (const auto bytes = jobs::from_base64(input))
    require(bytes->size() <= input.size(), "base64 holds no more than its text");
}
