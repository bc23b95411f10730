// Regular expressions of schemas, in time that is bounded whatever they are and are tried on.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace batchmill::jobs {

class pattern {
 public:
  enum class fit {
    yes,
    no,
    too_costly,  // given up: such a pattern can take time exponential in the text's length
  };

  /// As ECMAScript writes them, up to what PCRE2 reads otherwise. Throws std::runtime_error when
  /// `text` is none.
  explicit pattern(const std::string& text);
  ~pattern();
  pattern(pattern&&) noexcept;
  pattern& operator=(pattern&&) noexcept;

  /// Is it found anywhere in `subject`, which is UTF-8?
  fit found_in(std::string_view subject) const;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace batchmill::jobs
