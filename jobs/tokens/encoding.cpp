#include "jobs/tokens/encoding.hpp"

#include <algorithm>
#include <map>
#include <mutex>

#include "jobs/tokens/encoding_names.hpp"
#include "jobs/tokens/fast_split.hpp"
#include "jobs/tokens/piece_cache.hpp"

namespace batchmill::tokens {

namespace {

/// Calls `piece` with each. False when the text is no UTF-8.
template <split_pattern P, class Piece>
bool split_plainly(std::string_view text, Piece piece) {
  const byte* const end = bytes_of(text) + text.size();
  bool broken = false;
  for (const byte* p = bytes_of(text); p < end;) {
    const byte* const next = piece_end<P>(p, end, broken);
    if (broken) return false;
    piece(p, static_cast<std::size_t>(next - p));
    p = next;
  }
  return true;
}

template <class Piece>
bool split_plainly(split_pattern pattern, std::string_view text, Piece piece) {
  switch (pattern) {
    case split_pattern::r50k:
      return split_plainly<split_pattern::r50k>(text, piece);
    case split_pattern::cl100k:
      return split_plainly<split_pattern::cl100k>(text, piece);
    default:
      return split_plainly<split_pattern::o200k>(text, piece);
  }
}

/// This thread's, which live as long as it does.
piece_cache& cache_of(const std::shared_ptr<const vocabulary>& words, merge_function merge) {
  struct owned_cache {
    std::shared_ptr<const vocabulary> words;
    std::unique_ptr<piece_cache> cache;
  };
  thread_local std::vector<owned_cache> caches;  // seldom more than two
  for (auto& c : caches) {
    if (c.words == words) return *c.cache;
  }
  caches.push_back({words, std::make_unique<piece_cache>(*words, merge)});
  return *caches.back().cache;
}

void append_piece(const vocabulary& words, merge_function merge, const byte* p, std::size_t length,
                  std::vector<token_id>& out) {
  const token_id whole = words.find(p, length);
  if (whole != no_token) {
    out.push_back(whole);
  } else {
    merge_piece(words, merge, p, length, &out);
  }
}

/// Encodings with the same ranks share them.
std::string_view vocabulary_name(std::string_view encoding) {
  if (encoding == "gpt2") return "r50k";
  return encoding.substr(0, encoding.find('_'));
}

}  // namespace

encoding::encoding(std::string name, split_pattern pattern, std::shared_ptr<const vocabulary> words,
                   method how)
    : name_(std::move(name)),
      pattern_(pattern),
      words_(std::move(words)),
      fast_(how == method::fastest && can_split_fast()),
      merge_(how == method::fastest ? fastest_merge() : merge_scalar) {}

encoding::~encoding() = default;

std::size_t encoding::count(std::string_view text) const {
  piece_cache& cache = cache_of(words_, merge_);
  std::size_t count = 0;
  const auto piece = [&](const byte* p, std::size_t length) { count += cache.count(p, length); };
  const bool valid =
      fast_ ? count_fast(pattern_, text, cache, count) : split_plainly(pattern_, text, piece);
  return valid ? count : this->count(mended_utf8(text));
}

void encoding::encode(std::string_view text, std::vector<std::uint32_t>& out) const {
  const std::size_t before = out.size();
  const auto piece = [&](const byte* p, std::size_t length) {
    append_piece(*words_, merge_, p, length, out);
  };
  bool valid = true;
  if (fast_) {
    std::vector<std::size_t> ends;
    valid = split_fast(pattern_, text, ends);
    std::size_t at = 0;
    for (std::size_t i = 0; valid && i < ends.size(); at = ends[i++]) {
      piece(bytes_of(text) + at, ends[i] - at);
    }
  } else {
    valid = split_plainly(pattern_, text, piece);
  }
  if (valid) return;
  out.resize(before);
  encode(mended_utf8(text), out);
}

std::string_view encoding::first_tokens(std::string_view text, std::size_t most) const {
  if (text.size() <= most) return text;  // no token is empty
  // As much of the text as will do: most tokens are of a few bytes.
  std::vector<token_id> ids;
  for (std::size_t read = 64 + most * 8; ids.size() <= most; read *= 2) {
    ids.clear();
    encode(text.substr(0, read), ids);
    if (read >= text.size() && ids.size() <= most) return text;
  }
  std::size_t tokens = most;
  std::size_t size = 0;
  for (std::size_t i = 0; i < tokens; ++i) size += words_->length(ids[i]);
  for (;;) {
    size = std::min(size, text.size());
    while (size > 0 && size < text.size() && continues_character(bytes_of(text)[size])) --size;
    // What was cut off may have held the end of the rest together.
    if (size == 0 || count(text.substr(0, size)) <= most) return text.substr(0, size);
    size -= std::min(size, words_->length(ids[--tokens]));
  }
}

}  // namespace batchmill::tokens

namespace batchmill {

const token_encoding* find_token_encoding(std::string_view name) {
  using namespace tokens;
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<encoding>, std::less<>> known;  // null: not there
  static std::map<std::string, std::shared_ptr<const vocabulary>, std::less<>> vocabularies;
  const auto names = encoding_names();
  if (std::find(names.begin(), names.end(), name) == names.end()) return nullptr;
  const std::lock_guard lock(mutex);
  const auto found = known.find(name);
  if (found != known.end()) return found->second.get();
  auto [words, is_new] = vocabularies.try_emplace(std::string(vocabulary_name(name)));
  if (is_new) words->second = load_vocabulary(name);
  auto& entry = known[std::string(name)];
  if (words->second) {
    entry = std::make_unique<encoding>(std::string(name), pattern_of(name), words->second);
  }
  return entry.get();
}

bool has_token_encoding(std::string_view name) {
  const auto names = tokens::encoding_names();
  return std::find(names.begin(), names.end(), name) != names.end() && tokens::has_ranks(name);
}

std::string_view token_encoding_name(std::string_view model) {
  return tokens::encoding_of_model(model);
}

}  // namespace batchmill
