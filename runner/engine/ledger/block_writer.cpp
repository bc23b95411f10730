#include "runner/engine/ledger/block_writer.hpp"

#include <algorithm>
#include <cstring>

namespace batchmill {

namespace {

// Less is cheaper through the cache.
constexpr std::size_t least_past_cache = 256 * 1024;

}  // namespace

void block_writer::append(std::string_view bytes, disk_file& file) {
  if (!space_) space_.reset(new (std::align_val_t(block)) char[capacity]);
  while (!bytes.empty()) {
    const std::size_t taken = std::min(bytes.size(), capacity - start_ % block - size_);
    std::memcpy(first() + size_, bytes.data(), taken);
    size_ += taken;
    bytes.remove_prefix(taken);
    if (start_ % block + size_ == capacity) write_blocks(file);
  }
}

void block_writer::flush(disk_file& file) {
  if (size_ == 0) return;
  if (size_ >= least_past_cache) write_blocks(file);
  file.write_at(start_, {first(), size_});
  begin(start_ + size_);
}

/// Whole blocks go past the cache. Where the first one was begun, its beginning went through it,
/// and so does its rest: no block is ever written both ways.
void block_writer::write_blocks(disk_file& file) {
  const std::size_t edge = start_ % block == 0 ? 0 : block - start_ % block;
  const char* blocks = first() + edge;
  const std::size_t whole = (size_ - edge) / block * block;
  const std::size_t rest = size_ - edge - whole;
  file.write_at(start_, {first(), edge});
  file.write_past_cache(start_ + edge, {blocks, whole});
  std::memmove(space_.get(), blocks + whole, rest);
  start_ += edge + whole;
  size_ = rest;
}

}  // namespace batchmill
