#include "jobs/fine_tuning/seen_rows.hpp"

#include <utility>

namespace batchmill::fine_tuning {

namespace {

constexpr std::size_t first_size = 1024;  // a power of two

std::uint32_t short_hash(std::uint64_t hash) {
  return static_cast<std::uint32_t>(hash >> 32);
}

}  // namespace

/// The entry of these words, or the free one where they belong.
const seen_rows::entry& seen_rows::slot_of(std::uint64_t words) const {
  const std::size_t mask = entries_.size() - 1;
  std::size_t at = (words * 0x9E3779B97F4A7C15U >> 20) & mask;
  while (entries_[at].line != 0 && entries_[at].words != words) at = (at + 1) & mask;
  return entries_[at];
}

seen_rows::place seen_rows::find(std::uint64_t words, std::uint64_t exact) const {
  if (entries_.empty()) return {};
  const entry& found = slot_of(words);
  if (found.line == 0) return {};
  return {found.line, found.exact == short_hash(exact)};
}

seen_rows::place seen_rows::add(std::uint64_t words, std::uint64_t exact, std::uint64_t line) {
  if (count_ * 8 >= entries_.size() * 7) grow();
  entry& slot = const_cast<entry&>(slot_of(words));  // the table is our own
  if (slot.line != 0) return {slot.line, slot.exact == short_hash(exact)};
  slot = {words, short_hash(exact), static_cast<std::uint32_t>(line)};
  ++count_;
  return {};
}

void seen_rows::grow() {
  std::vector<entry> old(entries_.empty() ? first_size : entries_.size() * 2);
  std::swap(old, entries_);
  for (const entry& e : old) {
    if (e.line != 0) const_cast<entry&>(slot_of(e.words)) = e;
  }
}

}  // namespace batchmill::fine_tuning
