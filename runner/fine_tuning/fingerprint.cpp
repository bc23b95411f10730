#include "runner/fine_tuning/fingerprint.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "batchmill/error.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace batchmill {
namespace {

struct closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

[[noreturn]] void cannot_read(const std::string& path) {
  throw run_error(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
}

std::string digits_of(const XXH128_hash_t& hash) {
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace

std::string fingerprint_of_terms(const tuning_spec& spec) {
  std::string text;
  const auto add = [&](const std::string& part) {
    text += std::to_string(part.size()) + ':' + part;
  };
  for (const auto* part : {&spec.model, &spec.method, &spec.hyperparameters, &spec.grader,
                           &spec.suffix, &spec.integrations}) {
    add(*part);
  }
  add(spec.seed ? std::to_string(*spec.seed) : "");
  for (const auto& [key, value] : spec.metadata) {
    add(key);
    add(value);
  }
  return digits_of(XXH3_128bits(text.data(), text.size()));
}

std::string fingerprint_of_file(const std::string& path) {
  if (path.empty()) return {};
  const std::unique_ptr<std::FILE, closer> file(std::fopen(path.c_str(), "rb"));
  if (!file) cannot_read(path);
  XXH3_state_t state;
  XXH3_128bits_reset(&state);
  std::vector<char> buffer(1 << 20);
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
    XXH3_128bits_update(&state, buffer.data(), n);
  }
  if (std::ferror(file.get()) != 0) cannot_read(path);
  return digits_of(XXH3_128bits_digest(&state));
}

}  // namespace batchmill
