#include "jobs/fine_tuning/table_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "batchmill/error.hpp"
#include "batchmill/json_text.hpp"

namespace batchmill::fine_tuning {

table_reader::table_reader(const std::string& path, char separator)
    : path_(path),
      separator_(separator),
      file_(path),
      name_(std::make_shared<const std::string>(path)) {
  if (!record()) fail(1, "the file is empty; its first line must name the columns");
  for (const std::string& field : fields_) {
    std::string name = json::quote(field);
    if (field.empty()) fail(1, "a column has no name");
    if (std::ranges::find(names_, name) != names_.end()) {
      fail(1, fmt::format("two columns have the name {}", name));
    }
    names_.push_back(std::move(name));
  }
}

void table_reader::fail(std::uint64_t line, const std::string& sentence) const {
  throw usage_error(fmt::format("{}:{}: {}", path_, line, sentence));
}

bool table_reader::physical_line() {
  while (rest_.empty()) {
    if (!file_.next(block_)) return false;
    rest_ = block_;
  }
  const std::size_t end = rest_.find('\n');
  line_ = rest_.substr(0, end);
  rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
  if (++line_number_ == 1 && line_.starts_with("\xEF\xBB\xBF")) line_.remove_prefix(3);
  line_had_return_ = line_.ends_with('\r');
  if (line_had_return_) line_.remove_suffix(1);
  return true;
}

bool table_reader::record() {
  do {
    if (!physical_line()) return false;
  } while (line_.find_first_not_of(" \t") == std::string_view::npos);
  record_line_ = line_number_;
  fields_.clear();
  for (;;) {
    std::string field;
    if (!line_.starts_with('"')) {
      const std::size_t end = line_.find(separator_);
      field = line_.substr(0, end);
      line_.remove_prefix(std::min(line_.size(), end));
    } else {
      line_.remove_prefix(1);
      for (;;) {
        const std::size_t quote = line_.find('"');
        field += line_.substr(0, quote);
        if (quote == std::string_view::npos) {
          field += line_had_return_ ? "\r\n" : "\n";
          if (!physical_line()) fail(record_line_, "a quote is never closed");
          continue;
        }
        line_.remove_prefix(quote + 1);
        if (!line_.starts_with('"')) break;
        field += '"';
        line_.remove_prefix(1);
      }
      if (!line_.empty() && line_.front() != separator_) {
        fail(line_number_, "text stands behind a closing quote; double the quotes within a field");
      }
    }
    fields_.push_back(std::move(field));
    if (line_.empty()) return true;
    line_.remove_prefix(1);
  }
}

std::optional<row> table_reader::next() {
  if (!record()) return std::nullopt;
  if (fields_.size() != names_.size()) {
    fail(record_line_, fmt::format("the row has {} fields, but there are {} columns",
                                   fields_.size(), names_.size()));
  }
  std::string text = "{";
  for (std::size_t i = 0; i < names_.size(); ++i) {
    text += (i > 0 ? "," : "") + names_[i] + ":" + json::quote(fields_[i]);
  }
  return row(rows_++, text + "}", name_, record_line_);
}

}  // namespace batchmill::fine_tuning
