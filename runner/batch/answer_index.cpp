#include "runner/batch/answer_index.hpp"

#include <filesystem>

#include "runner/engine/ledger/line_reader.hpp"

namespace batchmill {

answer_index::answer_index(const std::string& answers, const std::string& errors) {
  read(answers);
  read(errors);
}

void answer_index::read(const std::string& path) {
  if (!std::filesystem::exists(path)) return;
  const auto file = static_cast<std::uint32_t>(files_.size());
  files_.emplace_back(path, disk_file::mode::read, "part answers");
  const auto note = [&](std::string_view line, std::uint64_t at) {
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
    const auto row = row_of_answer_line(line);
    if (!row) {
      ++strange_;
      return;
    }
    // A success is never in the second file when the first has the row, too: first come, first
    // kept.
    places_.try_emplace(*row, place{at, static_cast<std::uint32_t>(line.size()), file});
  };
  line_reader lines(path);
  std::uint64_t at = lines.offset();
  while (const auto line = lines.next()) {
    note(*line, at);
    at = lines.offset();
  }
  // Servers differ in whether the last line has an end.
  const std::uint64_t size = files_.back().size();
  if (at >= size) return;
  std::string last(static_cast<std::size_t>(size - at), '\0');
  last.resize(files_.back().read_at(at, last));
  note(last, at);
}

std::optional<answer_line> answer_index::find(std::uint64_t row) const {
  const auto found = places_.find(row);
  if (found == places_.end()) return std::nullopt;
  const place& p = found->second;
  std::string line(p.length, '\0');
  line.resize(files_[p.file].read_at(p.at, line));
  return read_answer_line(line);
}

}  // namespace batchmill
