// Rows that go through the Batch API together: what is known of them here and at the server.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace batchmill {

/// How far a part has come. Each step is written down before the next is taken, and what changes
/// something at the server is written down twice: before as an intent, after as a fact.
enum class part_state {
  cut,        // its files are on the disk
  uploading,  // intent: the file may be at the server
  uploaded,   // the file is at the server
  creating,   // intent: the batch may exist
  created,    // the batch exists
  ended,      // nothing comes any more; what it answered can be downloaded
  online,     // its rows are left to be asked online
  merged,     // each row has its last word or is in another part; files may be left at the server
  clean,      // nothing of it is left anywhere
};

struct batch_part {
  batch_part() = default;

  std::uint64_t number = 0;  // from 1
  part_state state = part_state::cut;
  std::string endpoint;  // as the Batch API names it
  std::string model;
  unsigned attempt = 1;  // batches that its rows have been in, this one included
  std::uint64_t requests = 0;
  std::uint64_t bytes = 0;  // of the input file
  std::int64_t tokens = 0;  // of the prompts, estimated
  std::string file_name;    // at the server; names this part of this run and no other
  std::string input_file_id;
  unsigned creation = 0;  // counts intents to create: the server forgets refused ones
  std::string batch_id;
  std::string status;  // as the server last named it
  std::string output_file_id;
  std::string error_file_id;
  std::uint64_t answered = 0;  // requests, as the server counts them
  std::uint64_t refused = 0;
  std::int64_t created_at = 0;  // Unix seconds; 0: unknown
  std::int64_t expires_at = 0;
  std::int64_t most_cost = 0;     // in money's smallest unit: what all of it can cost; 0: no budget
  std::int64_t counted_cost = 0;  // the same, if the server counts prompts as we do
  bool giving_up = false;         // it is being cancelled, for good

  bool is_remote() const { return state == part_state::created; }

  /// Does the server still work on it, as far as is known?
  bool goes_on() const { return is_remote() && status != "failed"; }

  /// Do its rows still wait for a last word through the Batch API?
  bool is_open() const {
    return state != part_state::online && state != part_state::merged && state != part_state::clean;
  }

  /// At the server, as far as they are known.
  std::vector<std::string> files() const {
    std::vector<std::string> ids;
    for (const auto* id : {&input_file_id, &output_file_id, &error_file_id}) {
      if (!id->empty()) ids.push_back(*id);
    }
    return ids;
  }
};

}  // namespace batchmill
