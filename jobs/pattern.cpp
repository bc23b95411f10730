#include "jobs/pattern.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>
#include <stdexcept>

namespace batchmill::jobs {
namespace {

// About 50 ms. A pattern without nested repetition takes a few steps for each character.
constexpr std::uint32_t most_steps = 2'000'000;
constexpr std::uint32_t most_memory = 128 * 1024;  // KiB

constexpr std::uint32_t as_in_ecmascript = PCRE2_UTF | PCRE2_ALT_BSUX | PCRE2_ALLOW_EMPTY_CLASS |
                                           PCRE2_MATCH_UNSET_BACKREF | PCRE2_DOLLAR_ENDONLY |
                                           PCRE2_NEVER_BACKSLASH_C;

struct deleter {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};

template <class T>
using handle = std::unique_ptr<T, deleter>;

handle<pcre2_code> compile(const std::string& text) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  handle<pcre2_code> code(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                                        as_in_ecmascript, &error, &offset, nullptr));
  if (code) return code;
  std::array<PCRE2_UCHAR, 256> message{};
  pcre2_get_error_message(error, message.data(), message.size());
  throw std::runtime_error("the pattern '" + text + "' is no regular expression: at character " +
                           std::to_string(offset + 1) + ": " +
                           reinterpret_cast<const char*>(message.data()));
}

}  // namespace

struct pattern::parts {
  explicit parts(const std::string& text)
      : code(compile(text)),
        data(pcre2_match_data_create(1, nullptr)),
        context(pcre2_match_context_create(nullptr)) {
    pcre2_set_match_limit(context.get(), most_steps);
    pcre2_set_heap_limit(context.get(), most_memory);
  }

  handle<pcre2_code> code;
  handle<pcre2_match_data> data;
  handle<pcre2_match_context> context;
};

pattern::pattern(const std::string& text) : parts_(std::make_unique<parts>(text)) {}
pattern::~pattern() = default;
pattern::pattern(pattern&&) noexcept = default;
pattern& pattern::operator=(pattern&&) noexcept = default;

pattern::fit pattern::found_in(std::string_view subject) const {
  const int result = pcre2_match(parts_->code.get(), reinterpret_cast<PCRE2_SPTR>(subject.data()),
                                 subject.size(), 0, 0, parts_->data.get(), parts_->context.get());
  if (result >= 0) return fit::yes;
  const bool gave_up = result == PCRE2_ERROR_MATCHLIMIT || result == PCRE2_ERROR_HEAPLIMIT ||
                       result == PCRE2_ERROR_DEPTHLIMIT || result == PCRE2_ERROR_NOMEMORY;
  return gave_up ? fit::too_costly : fit::no;
}

}  // namespace batchmill::jobs
