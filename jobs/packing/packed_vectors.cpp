#include "jobs/packing/packed_vectors.hpp"

#include <cstdint>

#include "batchmill/json_text.hpp"
#include "jobs/base64_text.hpp"
#include "jobs/vector.hpp"

namespace batchmill::jobs {

namespace {

constexpr std::string_view key = R"("embedding")";

std::size_t behind_space(std::string_view text, std::size_t at) {
  const char* end = text.data() + text.size();
  return static_cast<std::size_t>(json::detail::skip_space(text.data() + at, end) - text.data());
}

/// Where the next text under the key begins, behind its quote; npos: there is none.
std::size_t next_text(std::string_view answer, std::size_t from) {
  for (std::size_t at = answer.find(key, from); at != std::string_view::npos;
       at = answer.find(key, at)) {
    at = behind_space(answer, at + key.size());
    if (!answer.substr(at).starts_with(':')) continue;
    at = behind_space(answer, at + 1);
    if (answer.substr(at).starts_with('"')) return at + 1;
  }
  return std::string_view::npos;
}

}  // namespace

/// What is taken out is a string and what takes its place is one, so `rest` is JSON if the answer
/// is. Without a backslash in it a key is what it looks like.
std::optional<packed_vectors> take_vectors(std::string_view answer) {
  packed_vectors found;
  found.block = std::make_shared_for_overwrite<float[]>(base64_size(answer) / sizeof(float) + 1);
  float* out = found.block.get();
  std::size_t done = 0;
  for (std::size_t at = next_text(answer, 0); at != std::string_view::npos;
       at = next_text(answer, done)) {
    const auto text = decode_base64_to_quote(answer.substr(at), reinterpret_cast<char*>(out));
    if (!text || text->bytes == 0 || text->bytes % sizeof(float) != 0) return std::nullopt;
    const std::span values(out, text->bytes / sizeof(float));
    if (!are_finite(values)) return std::nullopt;
    found.rest.append(answer.substr(done, at - done)).append(std::to_string(found.each.size()));
    found.each.push_back(values);
    out += values.size();
    done = at + text->length;
  }
  found.rest += answer.substr(done);
  if (found.each.empty() || found.rest.find('\\') != std::string::npos) return std::nullopt;
  return found;
}

std::span<float> vector_of(const packed_vectors& vectors, std::string_view raw) {
  if (json::kind_of(raw) != json::kind::string) return {};
  const auto place = json::integer(raw.substr(1, raw.size() - 2));
  if (!place || static_cast<std::uint64_t>(*place) >= vectors.each.size()) return {};
  return vectors.each[static_cast<std::size_t>(*place)];
}

}  // namespace batchmill::jobs
