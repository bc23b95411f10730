// What the API keeps on its side: files and batches, read from its JSON. Pure.
//
// The readers are lenient: a field that is missing, null or of another type keeps its default, and
// a status nobody has heard of is `unknown`. They refuse only what is not such an object at all.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "batchmill/outcome.hpp"

namespace batchmill {

/// Seconds since 1970; 0: not yet, or the server does not say.
using unix_seconds = std::int64_t;

struct remote_file {
  remote_file() = default;

  std::string id;
  std::string filename;
  std::string purpose;
  std::string status;       // "processed"; being phased out, so nothing should depend on it
  std::uint64_t bytes = 0;  // of its content
  unix_seconds created_at = 0;
  unix_seconds expires_at = 0;
};

/// Where is a batch in its life?
enum class batch_status {
  validating,   // its input is being checked; no counts yet
  failed,       // the input was refused: see `problems`. Nothing was executed
  in_progress,  // requests are executed
  finalizing,   // all are done, the files are being written
  completed,    // done; each request may still have failed by itself
  expired,      // the window ended before all were done; what was finished is in the files
  cancelling,   // asked to stop
  cancelled,    // stopped; what was finished is in the files
  unknown,      // a word this program does not know: treated as unfinished
};

/// "in_progress"; of unknown ones "unknown".
const char* to_string(batch_status status);

/// Will it change no more? Its output and error files are final then.
bool is_final(batch_status status);

/// Why a batch's input was refused.
struct batch_problem {
  batch_problem() = default;

  std::string code;     // "invalid_json_line", "token_limit_exceeded"
  std::string message;  // as the server wrote it
  std::string param;
  std::optional<std::uint64_t> line;  // of the input file, from 1; absent: the file as a whole
};

struct batch_counts {
  std::uint64_t total = 0;
  std::uint64_t completed = 0;
  std::uint64_t failed = 0;
};

struct remote_batch {
  remote_batch() = default;

  /// The value under `key` of its metadata; empty when there is none.
  std::string_view tag(std::string_view key) const;

  std::string id;
  batch_status status = batch_status::unknown;
  std::string status_text;  // as the server wrote it
  std::string endpoint;     // "/v1/chat/completions"
  std::string model;        // empty on older servers
  std::string input_file_id;
  std::string output_file_id;  // empty: none, also of a completed batch whose rows all failed
  std::string error_file_id;   // empty: none
  std::string window;          // "24h"
  std::vector<batch_problem> problems;
  unix_seconds created_at = 0;
  unix_seconds in_progress_at = 0;
  unix_seconds expires_at = 0;
  unix_seconds finalizing_at = 0;
  unix_seconds completed_at = 0;
  unix_seconds failed_at = 0;
  unix_seconds expired_at = 0;
  unix_seconds cancelling_at = 0;
  unix_seconds cancelled_at = 0;
  batch_counts counts;
  std::vector<std::pair<std::string, std::string>> metadata;
  std::optional<token_usage> usage;
};

/// One page of a list, in the server's order: newest first unless asked otherwise.
template <class Object>
struct remote_page {
  remote_page() = default;

  std::vector<Object> items;
  bool has_more = false;
  std::string last_id;  // `after` of the next page
};

/// An upload in parts, of files over 512 MB.
struct remote_upload {
  remote_upload() = default;

  std::string id;
  std::string status;               // "pending", "completed", "cancelled", "expired"
  std::optional<remote_file> file;  // once completed
};

/// The error is a sentence, e.g. "the answer is not a batch object".
template <class T>
using read_result = boost::system::result<T, std::string>;

read_result<remote_file> read_file_object(std::string_view json);
read_result<remote_batch> read_batch_object(std::string_view json);
read_result<remote_upload> read_upload_object(std::string_view json);
read_result<remote_page<remote_file>> read_file_page(std::string_view json);
read_result<remote_page<remote_batch>> read_batch_page(std::string_view json);

}  // namespace batchmill
