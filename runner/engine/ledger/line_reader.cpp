#include "runner/engine/ledger/line_reader.hpp"

#include <cstring>

namespace batchmill {

line_reader::line_reader(const std::string& path)
    : file_(path, disk_file::mode::read, "output"), space_(256 << 10) {}

std::optional<std::string_view> line_reader::next() {
  for (;;) {
    const char* from = space_.data() + begin_;
    const void* found = std::memchr(from, '\n', end_ - begin_);
    if (found != nullptr) {
      const auto length = static_cast<std::size_t>(static_cast<const char*>(found) - from);
      begin_ += length + 1;
      offset_ += length + 1;
      return std::string_view(from, length);
    }
    if (!fill()) return std::nullopt;
  }
}

/// Gets more bytes behind those not taken yet; false at the end of the file.
bool line_reader::fill() {
  std::memmove(space_.data(), space_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  if (end_ == space_.size()) space_.resize(space_.size() * 2);
  const std::size_t n = file_.read_at(offset_ + end_, std::span<char>(space_).subspan(end_));
  end_ += n;
  return n > 0;
}

}  // namespace batchmill
