// What keeps an API key in this process: it is wiped when it is done with, and as long as a
// transport holds one, nothing else of the user's can read the process's memory.
#pragma once

#include <string>

namespace batchmill {

/// Overwrites the bytes and empties the text.
void wipe(std::string& text);

/// Wipes a text at the end of a scope.
class wiped_at_end {
 public:
  explicit wiped_at_end(std::string& text) : text_(text) {}
  wiped_at_end(const wiped_at_end&) = delete;
  wiped_at_end& operator=(const wiped_at_end&) = delete;
  ~wiped_at_end() { wipe(text_); }

 private:
  std::string& text_;
};

/// While one of these lives, the process leaves no core dump, and no other process of the same user
/// reads its memory or environment or traces it (PR_SET_DUMPABLE; root still may).
class key_guard {
 public:
  key_guard();
  ~key_guard();
  key_guard(const key_guard&) = delete;
  key_guard& operator=(const key_guard&) = delete;
};

}  // namespace batchmill
