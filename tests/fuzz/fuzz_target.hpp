// A fuzz target takes any bytes and requires what must hold for all of them. tests/fuzz/run.sh runs
// the targets with libFuzzer; the unit tests replay what is kept in tests/fuzz/corpus.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace batchmill::fuzz {

/// What libFuzzer and the unit tests take for a finding, and nothing catches.
inline void require(bool holds, const char* what) {
  if (holds) return;
#ifdef BATCHMILL_FUZZ
  std::fprintf(stderr, "required: %s\n", what);
  std::abort();
#else
  throw std::logic_error(what);
#endif
}

/// Takes the first byte as a choice of so many, 0 when there is none.
inline std::size_t take_choice(std::string_view& input, std::size_t choices) {
  if (input.empty()) return 0;
  const auto byte = static_cast<unsigned char>(input.front());
  input.remove_prefix(1);
  return byte % choices;
}

/// Takes what stands before the first `mark`, and the mark.
inline std::string_view take_until(std::string_view& input, std::string_view mark) {
  const std::string_view taken = input.substr(0, input.find(mark));
  input.remove_prefix(std::min(input.size(), taken.size() + mark.size()));
  return taken;
}

/// No line end or terminal code comes out of it as it stands.
inline bool is_one_line(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return false;
  return true;
}

using target = void (*)(std::string_view);

/// The targets by name.
inline std::map<std::string, target>& targets() {
  static std::map<std::string, target> all;
  return all;
}

struct registration {
  registration(const char* name, target run) { targets()[name] = run; }
};

}  // namespace batchmill::fuzz

#ifdef BATCHMILL_FUZZ
#define FUZZ_TARGET(name)                                                             \
  static void name(std::string_view input);                                           \
  extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) { \
    name({reinterpret_cast<const char*>(data), size});                                \
    return 0;                                                                         \
  }                                                                                   \
  static void name(std::string_view input)
#else
#define FUZZ_TARGET(name)                                         \
  static void name(std::string_view input);                       \
  static const batchmill::fuzz::registration name##_registration( \
      std::string_view(#name).substr(5).data(), name);            \
  static void name(std::string_view input)
#endif
