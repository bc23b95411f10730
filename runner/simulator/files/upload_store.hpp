// Uploads in parts that are not a file yet.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "runner/simulator/files/file_store.hpp"

namespace batchmill::simulator_detail {

enum class upload_status { pending, completed, cancelled, expired };

struct upload {
  upload() = default;

  std::string id;
  std::uint64_t size = 0;  // as announced
  stored_file file;        // what it is to become, or has become
  moment created = 0;
  upload_status status = upload_status::pending;
  std::map<std::string, file_content, std::less<>> parts;

  moment expires() const;
};

/// For tests to read.
struct upload_books {
  std::uint64_t created = 0;
  std::uint64_t parts = 0;
  std::uint64_t bytes = 0;  // of parts
  std::uint64_t completed = 0;
  std::uint64_t cancelled = 0;
};

class upload_store {
 public:
  upload_store(const simulated_clock& clock, std::uint64_t seed) : clock_(clock), seed_(seed) {}

  upload& add(upload u);

  /// Null when there is none. Its status is that of this moment.
  upload* find(std::string_view id);

  /// Returns the part's id.
  std::string add_part(upload& u, file_content bytes);

  moment now() const { return clock_.now(); }

  upload_books books;

 private:
  const simulated_clock& clock_;
  std::uint64_t seed_;
  std::map<std::string, upload, std::less<>> uploads_;
};

/// The upload object of the API.
void write_upload(json_writer& json, const upload& u);

std::string_view name_of(upload_status status);

}  // namespace batchmill::simulator_detail
