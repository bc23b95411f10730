#include "runner/engine/ledger/input_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "batchmill/json_text.hpp"
#include "runner/engine/ledger/line_reader.hpp"
#include "runner/engine/ledger/request_hash.hpp"

namespace batchmill {

finished_hashes::finished_hashes(const recovered& found, const std::string& hashes)
    : output_(hashes),
      rows_(found.mark.position),
      next_(found.ahead.begin()),
      end_(found.ahead.end()) {}

std::uint64_t finished_hashes::take(std::uint64_t index) {
  if (index < rows_) return output_.next();
  if (!finished(index)) return 0;
  return (next_++)->hash;
}

std::uint64_t finished_hashes::left(std::uint64_t index) const {
  const std::uint64_t in_output = index < rows_ ? rows_ - index : 0;
  return in_output + static_cast<std::uint64_t>(end_ - next_);
}

std::uint64_t hash_now(const row_job& job, const row& r) {
  const auto prepared = job.prepare(r);
  return prepared ? request_hash(prepared->request) : row_hash(r);
}

input_comparison compare_input(row_source& rows, std::uint64_t limit, const row_job& job,
                               const recovered& found, const std::string& hashes) {
  input_comparison result;
  finished_hashes known(found, hashes);
  result.all_finished = true;
  std::uint64_t read = 0;
  while (result.all_finished || known.left(read) > 0) {
    const auto r = rows.wait_next();
    if (!r) break;
    read = r->index + 1;
    if (!known.finished(r->index)) {
      result.all_finished = false;
      continue;
    }
    const std::uint64_t before = known.take(r->index);
    if (before == 0 || before == hash_now(job, *r)) continue;
    if (result.differing++ == 0) result.first = r->index;
  }
  const bool limited = limit != 0 && read >= limit;
  if (!limited) result.missing = known.left(read);
  result.rows = rows.total().rows;
  result.exact = rows.total().exact;
  return result;
}

bool ids_match(row_source& rows, const row_job& job, const std::string& output) {
  line_reader lines(output);
  while (const auto line = lines.next()) {
    const auto r = rows.wait_next();
    if (!r) return false;
    const auto prepared = job.prepare(*r);
    const std::string& id = prepared ? prepared->custom_id : prepared.error().custom_id;
    if (json::member(*line, "custom_id") != std::string_view(id)) return false;
  }
  return true;
}

digest_match compare_digest(row_source& rows, const row_job& job, std::uint64_t finished,
                            const std::string& summary) {
  std::ifstream file(summary, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto digest = json::member(text, "requests_digest");
  if (!digest) return digest_match::unknown;
  hash_digest now;
  for (std::uint64_t i = 0; i < finished; ++i) {
    const auto r = rows.wait_next();
    if (!r) break;
    now.add(hash_now(job, *r));
  }
  if (*digest != fmt::format("\"{:016x}\"", now.value())) return digest_match::other;
  return rows.wait_next() ? digest_match::grown : digest_match::same;
}

}  // namespace batchmill
