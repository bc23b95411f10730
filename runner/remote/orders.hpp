// What the API is asked to make.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace batchmill {

/// A file to be uploaded.
struct upload_order {
  upload_order() = default;
  upload_order(std::string p, std::string f, std::string for_what)
      : path(std::move(p)), filename(std::move(f)), purpose(std::move(for_what)) {}

  std::string path;                // on this side
  std::string filename;            // on the other; batches want ".jsonl"
  std::string purpose;             // "batch", "fine-tune", "user_data", ...
  std::int64_t expires_after = 0;  // seconds from its creation; 0: as the server likes
};

/// A batch to be made.
struct batch_order {
  batch_order() = default;
  batch_order(std::string file, std::string where)
      : input_file_id(std::move(file)), endpoint(std::move(where)) {}

  std::string input_file_id;
  std::string endpoint;  // "/v1/chat/completions"
  std::string window = "24h";
  std::vector<std::pair<std::string, std::string>> metadata;  // 16 at most
  std::int64_t output_expires_after = 0;                      // seconds; 0: as the server likes
};

}  // namespace batchmill
