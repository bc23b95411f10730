#include "runner/simulator/storage.hpp"

namespace batchmill::simulator_detail {

storage::storage(const simulation_options& options, moment start, line_executor& executor)
    : clock(options.batches.clock_rate, start),
      files(clock, options.seed),
      uploads(clock, options.seed),
      batches(options.batches, options.seed, clock, files, executor),
      tuning(options.fine_tuning, options.seed, clock, files),
      downloads_to_break(options.batches.break_downloads),
      counts_executions_(options.count_executions) {}

std::string storage::books() const {
  std::string out;
  json_writer json(out, json_layout::compact);
  const auto count = [&](std::string_view name, std::uint64_t n) {
    json.key(name).integer(static_cast<std::int64_t>(n));
  };
  json.open_object().key("files").open_object();
  count("uploaded", files.books.uploaded);
  count("uploaded_bytes", files.books.bytes);
  count("uploaded_before", files.books.repeated);
  count("deleted", files.books.deleted);
  count("downloads", files.books.downloads);
  count("downloaded_bytes", files.books.downloaded_bytes);
  count("broken_downloads", files.books.broken);
  json.close_object().key("uploads").open_object();
  count("created", uploads.books.created);
  count("parts", uploads.books.parts);
  count("part_bytes", uploads.books.bytes);
  count("completed", uploads.books.completed);
  count("cancelled", uploads.books.cancelled);
  json.close_object();
  batches.write_books(json, counts_executions_);
  json.close_object();
  return out;
}

}  // namespace batchmill::simulator_detail
