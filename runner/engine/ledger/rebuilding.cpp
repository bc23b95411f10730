#include "runner/engine/ledger/rebuilding.hpp"

#include <filesystem>
#include <string>

#include "runner/engine/ledger/input_check.hpp"
#include "runner/engine/ledger/line_reader.hpp"
#include "runner/engine/ledger/output_reader.hpp"

namespace batchmill {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t write_piece = 1 << 20;

/// What the log says of the file's length holds for the output as the log knew it.
bool length_is_known(const recovered& found) {
  // A process without output.failed leaves no length.
  const bool kept = found.mark.failed_length > 0 || found.mark.counts.failed == 0;
  return kept && !found.from_output && found.lost == 0;
}

}  // namespace

bool failed_rows_stand(const ledger_paths& paths, const recovered& found) {
  if (found.mark.position == 0) return true;
  if (fs::exists(paths.failed) && !fs::is_regular_file(paths.failed)) return true;
  if (!length_is_known(found)) return false;
  return length_or_zero(paths.failed) >= found.mark.failed_length &&
         ends_a_line(paths.failed, found.mark.failed_length);
}

std::uint64_t rewrite_failed_rows(const ledger_paths& paths, const recovered& found,
                                  output_format format, row_source& input) {
  disk_file file(paths.failed, disk_file::mode::append, "failed", readable_by_others);
  file.resize(0);
  line_reader lines(paths.output);
  std::string text;
  for (std::uint64_t i = 0; i < found.mark.position; ++i) {
    const auto line = lines.next();
    const auto row = input.wait_next();
    if (!line || !row) break;
    if (read_output_line(*line, format).ok) continue;
    text += row->text;
    text += '\n';
    if (text.size() < write_piece) continue;
    file.write(text);
    text.clear();
  }
  file.write(text);
  file.sync();
  return file.size();
}

void fill_hashes(const ledger_paths& paths, const recovered& found, const row_job& job,
                 row_source& input) {
  const std::uint64_t known = length_or_zero(paths.hashes()) / 8;
  if (known >= found.mark.position) return;
  disk_file hashes(paths.hashes(), disk_file::mode::own, "hashes");
  hashes.resize(known * 8);
  std::string bytes;
  while (const auto r = input.wait_next()) {
    if (r->index >= found.mark.position) break;
    if (r->index < known) continue;
    const std::uint64_t hash = hash_now(job, *r);
    bytes.append(reinterpret_cast<const char*>(&hash), sizeof hash);
  }
  hashes.write(bytes);
}

}  // namespace batchmill
