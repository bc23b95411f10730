#include "runner/engine/ledger/record.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <utility>

namespace batchmill {
namespace {

constexpr std::uint64_t longest_payload = std::uint64_t{3} << 30;
constexpr std::size_t most_reasons = 64;  // a commit stays small, whatever servers say

std::uint32_t checksum(std::string_view bytes) {
  return static_cast<std::uint32_t>(XXH3_64bits(bytes.data(), bytes.size()));
}

void put_fixed(std::uint64_t value, int bytes, std::string& out) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}

void put(std::uint64_t value, std::string& out) {
  while (value >= 128) {
    out.push_back(static_cast<char>(value | 128));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

void put(std::string_view text, std::string& out) {
  put(text.size(), out);
  out.append(text);
}

void put(const token_usage& t, std::string& out) {
  for (const std::int64_t n : {t.prompt, t.completion, t.total, t.cached, t.reasoning}) {
    put(static_cast<std::uint64_t>(n), out);
  }
}

/// Takes values off the front; once one is missing, all further ones are zero and `good` is false.
class reader {
 public:
  explicit reader(std::string_view bytes) : rest_(bytes) {}

  std::uint64_t fixed(std::size_t bytes) {
    const std::string_view raw = take(bytes);
    std::uint64_t value = 0;
    for (std::size_t i = raw.size(); i-- > 0;) value = value << 8 | byte(raw[i]);
    return value;
  }

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint64_t b = fixed(1);
      value |= (b & 127) << shift;
      if (b < 128) return value;
    }
    good_ = false;
    return 0;
  }

  std::string_view text() { return take(number()); }

  token_usage tokens() {
    token_usage t;
    for (std::int64_t* n : {&t.prompt, &t.completion, &t.total, &t.cached, &t.reasoning}) {
      *n = static_cast<std::int64_t>(number());
    }
    return t;
  }

  bool at_end() const { return good_ && rest_.empty(); }
  bool good() const { return good_; }

 private:
  static std::uint64_t byte(char c) { return static_cast<unsigned char>(c); }

  std::string_view take(std::uint64_t n) {
    if (n > rest_.size()) {
      good_ = false;
      rest_ = {};
      return {};
    }
    const std::string_view taken = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return taken;
  }

  std::string_view rest_;
  bool good_ = true;
};

/// Puts length and checksum in front of what `fill` appends.
template <class Fill>
void frame(record_type type, std::string& out, Fill fill) {
  const std::size_t start = out.size();
  out.append(8, '\0');
  out.push_back(static_cast<char>(type));
  fill();
  std::string head;
  const std::string_view body = std::string_view(out).substr(start + 8);
  put_fixed(body.size(), 4, head);
  put_fixed(checksum(body), 4, head);
  out.replace(start, 8, head);
}

using counted_names = std::map<std::string, std::uint64_t>;

/// One name may stand for others already: a record that was read comes back with more.
counted_names shortened(const counted_names& counts) {
  counted_names kept;
  for (const auto& [reason, rows] : counts)
    kept[kept.size() + 1 < most_reasons ? reason : "other reasons"] += rows;
  return kept;
}

void put_counts(const counted_names& counts, std::string& out) {
  if (counts.size() > most_reasons) return put_counts(shortened(counts), out);
  put(counts.size(), out);
  for (const auto& [reason, rows] : counts) {
    put(reason, out);
    put(rows, out);
  }
}

void read_counts(reader& from, counted_names& counts) {
  for (std::uint64_t n = from.number(); n > 0 && from.good(); --n) {
    std::string reason(from.text());
    counts[std::move(reason)] += from.number();
  }
}

}  // namespace

void append_record(const finished_row& row, std::string& out) {
  frame(record_type::row, out, [&] {
    put(row.index, out);
    put_fixed(row.hash, 8, out);
    put(row.ok ? 1 : 0, out);
    put(row.attempts, out);
    put(row.tokens, out);
    put(row.reason, out);
    put(row.line, out);
    put(row.failed_input, out);
    if (row.vector.empty() && row.labels.empty()) return;
    put(row.vector.view(), out);
    put(row.labels.size(), out);
    for (const std::string& label : row.labels) put(label, out);
  });
}

void append_record(const commit_mark& mark, std::string& out) {
  frame(record_type::commit, out, [&] {
    put(mark.position, out);
    put(mark.output_length, out);
    put(mark.failed_length, out);
    put(mark.counts.ok, out);
    put(mark.counts.failed, out);
    put(mark.counts.attempts, out);
    put(mark.counts.tokens, out);
    put_counts(mark.counts.failures, out);
    if (!mark.counts.labels.empty()) put_counts(mark.counts.labels, out);
  });
}

std::uint64_t claimed_length(std::string_view head) {
  if (head.size() < record_head) return 0;
  const std::uint64_t body = reader(head).fixed(4);
  return body == 0 || body > longest_payload ? 0 : body + 8;
}

std::optional<raw_record> take_record(std::string_view bytes) {
  const std::uint64_t length = claimed_length(bytes);
  if (length == 0 || length > bytes.size()) return std::nullopt;
  const std::string_view body = bytes.substr(8, length - 8);
  if (reader(bytes.substr(4)).fixed(4) != checksum(body)) return std::nullopt;
  return raw_record{static_cast<record_type>(body.front()), body.substr(1), length};
}

std::optional<finished_row> read_row(std::string_view payload) {
  reader from(payload);
  finished_row row;
  row.index = from.number();
  row.hash = from.fixed(8);
  row.ok = from.number() != 0;
  row.attempts = static_cast<unsigned>(from.number());
  row.tokens = from.tokens();
  row.reason = from.text();
  row.line = from.text();
  row.failed_input = from.text();
  if (from.at_end()) return row;
  row.vector = std::string(from.text());
  for (std::uint64_t n = from.number(); n > 0 && from.good(); --n) {
    row.labels.emplace_back(from.text());
  }
  if (!from.at_end()) return std::nullopt;
  return row;
}

std::optional<commit_mark> read_commit(std::string_view payload) {
  reader from(payload);
  commit_mark mark;
  mark.position = from.number();
  mark.output_length = from.number();
  mark.failed_length = from.number();
  mark.counts.ok = from.number();
  mark.counts.failed = from.number();
  mark.counts.attempts = from.number();
  mark.counts.tokens = from.tokens();
  read_counts(from, mark.counts.failures);
  if (!from.at_end()) read_counts(from, mark.counts.labels);
  if (!from.at_end()) return std::nullopt;
  return mark;
}

}  // namespace batchmill
