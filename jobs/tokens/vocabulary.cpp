#include "jobs/tokens/vocabulary.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace batchmill::tokens {

namespace {

[[noreturn]] void refuse() {
  throw std::runtime_error("this is no table of token ranks");
}

// Bytes behind the last token that may be read and written.
constexpr std::size_t padding = 32;

void check_size(std::size_t ranks) {
  if (ranks >= std::size_t{1} << pair_table::id_bits) refuse();
}

bool is_ascii(std::string_view text) {
  std::uint64_t all = 0;
  std::uint64_t word = 0;
  for (; text.size() >= 8; text.remove_prefix(8)) {
    std::memcpy(&word, text.data(), 8);
    all |= word;
  }
  for (const char c : text) all |= static_cast<byte>(c);
  return (all & 0x8080808080808080U) == 0;
}

}  // namespace

vocabulary::vocabulary(std::span<const token_halves> ranks)
    : of_two_bytes_(65536, no_token), pairs_(ranks.size()), shorts_(0), longs_(0) {
  check_size(ranks.size());
  std::fill(std::begin(of_byte_), std::end(of_byte_), no_token);
  measure(ranks);
  spell(ranks);
  index();
  add_pairs(ranks);
  if (std::find(std::begin(of_byte_), std::end(of_byte_), no_token) != std::end(of_byte_)) refuse();
}

/// How long every token is, and where its bytes will stand.
void vocabulary::measure(std::span<const token_halves> ranks) {
  lengths_.reserve(ranks.size());
  offsets_.reserve(ranks.size());
  std::uint32_t offset = 0;
  for (token_id id = 0; id < ranks.size(); ++id) {
    const auto [left, right] = ranks[id];
    std::size_t length = left == no_token ? 0 : 1;
    if (right != no_token) {
      if (left >= id || right >= id || lengths_[left] == 0 || lengths_[right] == 0) refuse();
      length = lengths_[left] + std::size_t{lengths_[right]};
      if (length > longest_token) refuse();
    }
    offsets_.push_back(offset);
    lengths_.push_back(static_cast<std::uint8_t>(length));
    offset += static_cast<std::uint32_t>(length);
  }
  blob_.resize(offset + padding);
}

/// The bytes of every token, from those of its halves.
void vocabulary::spell(std::span<const token_halves> ranks) {
  // More is copied than is there, because a fixed number is faster; what follows writes over it.
  char* const blob = blob_.data();
  const auto copy = [this, blob](std::size_t to, token_id half) {
    const std::size_t length = lengths_[half];
    if (length <= padding / 2) {
      std::memmove(blob + to, blob + offsets_[half], padding / 2);
    } else {
      std::memmove(blob + to, blob + offsets_[half], length);
    }
    return to + length;
  };
  for (token_id id = 0; id < ranks.size(); ++id) {
    const auto [left, right] = ranks[id];
    if (right != no_token) {
      copy(copy(offsets_[id], left), right);
    } else if (left != no_token) {
      if (left > 255 || of_byte_[left] != no_token) refuse();
      of_byte_[left] = id;
      blob_[offsets_[id]] = static_cast<char>(left);
    }
  }
}

void vocabulary::index() {
  const auto is_long = [](std::uint8_t n) { return n > short_token_index::longest; };
  const auto longs =
      static_cast<std::size_t>(std::count_if(lengths_.begin(), lengths_.end(), is_long));
  shorts_ = short_token_index(size() - longs);
  longs_ = long_token_index(longs);
  // Some ahead, so that memory is there when its turn comes.
  struct pending {
    piece_key key;
    std::uint64_t hash;
  };
  constexpr token_id ahead = 32;
  pending waiting[ahead] = {};
  for (token_id next = 0; next < size() + ahead; ++next) {
    pending& slot = waiting[next % ahead];
    if (next >= ahead) add_token(next - ahead, slot.key, slot.hash);
    if (next >= size() || is_long(lengths_[next])) continue;
    slot.key = padded_key_of(bytes_of(blob_) + offsets_[next], lengths_[next]);
    slot.hash = slot.key.hash();
    shorts_.prefetch(slot.hash);
  }
}

void vocabulary::add_token(token_id id, const piece_key& key, std::uint64_t hash) {
  const std::string_view token = bytes(id);
  if (token.empty()) return;
  if (token.size() <= short_token_index::longest) {
    shorts_.add(key, hash, id);
  } else {
    longs_.add(token, id);
  }
  const byte* const p = bytes_of(token);
  if (token.size() == 2) of_two_bytes_[std::size_t{p[0]} << 8 | p[1]] = id;
  if (is_ascii(token)) return;
  joints_.add(token);
  characters_.add(token, id);
}

void vocabulary::add_pairs(std::span<const token_halves> ranks) {
  constexpr std::size_t ahead = 32;
  for (std::size_t id = 0; id < ranks.size(); ++id) {
    if (id + ahead < ranks.size()) pairs_.prefetch(ranks[id + ahead].left, ranks[id + ahead].right);
    if (ranks[id].right != no_token) {
      pairs_.add(ranks[id].left, ranks[id].right, static_cast<token_id>(id));
    }
  }
}

token_id vocabulary::find_long(const byte* p, std::size_t length) const {
  if (length > longest_token) return no_token;
  const std::string_view wanted(reinterpret_cast<const char*>(p), length);
  return longs_.find(wanted, [this](token_id id) { return bytes(id); });
}

std::size_t vocabulary::memory() const {
  return sizeof *this + blob_.capacity() + offsets_.capacity() * 4 + lengths_.capacity() +
         of_two_bytes_.size() * 4 + pairs_.memory() + shorts_.memory() + longs_.memory() +
         joints_.memory() + characters_.memory();
}

}  // namespace batchmill::tokens
