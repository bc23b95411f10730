// What an earlier process left: an output, and a log whose records are whole but say anything.
// Recovery never fails, and what it finds lies within the files.
#include "runner/engine/ledger/recovery.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <filesystem>

#include "runner/engine/ledger/row_log.hpp"
#include "tests/fuzz/fuzz_target.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using fuzz::require;

namespace {

/// `body`, its type in front, with a length and a checksum that are right.
std::string framed(std::string_view body) {
  const auto sum = static_cast<std::uint32_t>(XXH3_64bits(body.data(), body.size()));
  std::string out;
  for (const std::uint64_t value : {std::uint64_t{body.size()}, std::uint64_t{sum}})
    for (int i = 0; i < 4; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
  return out.append(body);
}

void write_log(const std::string& folder, std::string_view records) {
  std::string log(log_magic);
  while (!records.empty()) {
    const std::string_view body = fuzz::take_until(records, "%%");
    if (!body.empty()) log += framed(body);
  }
  disk_file(segment_path(folder, 1), disk_file::mode::fresh, "test").write(log);
}

}  // namespace

FUZZ_TARGET(fuzz_recovery) {
  static const testing::temporary_folder place;
  static const ledger_paths paths = [] {
    const ledger_paths made(place.path("out.jsonl"), "");
    std::filesystem::create_directory(made.folder);
    return made;
  }();
  const bool text = fuzz::take_choice(input, 2) == 1;
  const std::string_view output = fuzz::take_until(input, "%%%%");
  place.write("out.jsonl", std::string(output));
  write_log(paths.folder, input);
  const recovered found = recover(paths, text ? output_format::text : output_format::batch);
  require(found.mark.output_length <= output.size(), "the mark lies in the output");
  require(ends_a_line(paths.output, found.mark.output_length), "the mark is at the end of a line");
  std::uint64_t next = found.mark.position;
  for (const ahead_row& row : found.ahead) {
    require(row.index >= next, "rows ahead come in order, each once");
    next = row.index + 1;
  }
  recover(paths, output_format::batch, true);
}
