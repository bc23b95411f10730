#include "runner/simulator/files/form_spool.hpp"

#include <algorithm>

namespace batchmill::simulator_detail {

namespace {

constexpr std::string_view line_end = "\r\n", head_end = "\r\n\r\n";
constexpr std::int64_t largest_head = 16 * 1024, longest_field = 64 * 1024;

}  // namespace

form_spool::form_spool(std::string_view boundary)
    : delimiter_(std::string(line_end) + "--" + std::string(boundary)),
      tail_(line_end),
      file_(std::make_shared<temp_file>()) {
  if (boundary.empty()) delimiter_.clear();
}

void form_spool::put(std::string_view bytes) {
  const auto at = static_cast<std::int64_t>(file_->size());
  file_->append(bytes);
  if (delimiter_.empty()) return;
  // What begins in the tail ends in the bytes; what begins in the bytes is found in them alone.
  const auto most = delimiter_.size() - 1;
  const auto before = static_cast<std::int64_t>(tail_.size());
  find(tail_ + std::string(bytes.substr(0, most)), at - before);
  find(bytes, at);
  tail_.append(bytes.size() > most ? bytes.substr(bytes.size() - most) : bytes);
  if (tail_.size() > most) tail_.erase(0, tail_.size() - most);
}

void form_spool::find(std::string_view bytes, std::int64_t at) {
  for (auto i = bytes.find(delimiter_); i != std::string_view::npos;
       i = bytes.find(delimiter_, i + delimiter_.size())) {
    const auto begin = at + static_cast<std::int64_t>(i);
    const bool is_new = delimiters_.empty() || delimiters_.back() < begin;
    if (is_new && delimiters_.size() <= most_parts + 1) delimiters_.push_back(begin);
  }
}

std::string form_spool::text(std::int64_t begin, std::int64_t end) const {
  std::string out(static_cast<std::size_t>(std::max<std::int64_t>(end - begin, 0)), '\0');
  out.resize(file_->read(static_cast<std::uint64_t>(begin), out.data(), out.size()));
  return out;
}

refusal form_spool::parse(form_data& form) const {
  if (delimiter_.empty()) return bad_form("the Content-Type header names no boundary");
  const auto length = static_cast<std::int64_t>(delimiter_.size());
  const auto size = static_cast<std::int64_t>(file_->size());
  if (delimiters_.empty() || delimiters_.front() >= 0)
    return bad_form("it does not begin with its boundary");
  if (delimiters_.size() > most_parts + 1) return bad_form("it has too many parts");
  for (std::size_t i = 0; i < delimiters_.size(); ++i) {
    const auto after = delimiters_[i] + length;
    const auto mark = text(after, after + 4);
    if (mark.starts_with("--")) {
      const bool ends = size == after + 2 || (size == after + 4 && mark.ends_with(line_end));
      return ends ? refusal() : bad_form("something follows its end");
    }
    if (!mark.starts_with(line_end))
      return bad_form("a boundary stands in a line with something else");
    const bool last = i + 1 == delimiters_.size();
    if (auto error = read_part(after + 2, last ? size : delimiters_[i + 1], form)) return error;
  }
  return bad_form("a part does not end");
}

refusal form_spool::read_part(std::int64_t begin, std::int64_t end, form_data& form) const {
  const auto& head = form.kept.emplace_back(text(begin, std::min(end, begin + largest_head)));
  const auto headers = head.find(head_end);
  if (headers == std::string::npos) return bad_form("a part's headers do not end");
  auto& part = form.parts.emplace_back();
  if (auto error = read_part_headers(std::string_view(head).substr(0, headers), part)) return error;
  const auto from = begin + static_cast<std::int64_t>(headers + head_end.size());
  if (part.is_file || end - from > longest_field)
    part.stored = file_content(file_, static_cast<std::uint64_t>(from),
                               static_cast<std::uint64_t>(end - from));
  else
    part.content = form.kept.emplace_back(text(from, end));
  return {};
}

}  // namespace batchmill::simulator_detail
