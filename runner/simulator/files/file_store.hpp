// The files that were uploaded and those that batches wrote, until they are deleted or expire.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>

#include "runner/simulator/files/file_content.hpp"
#include "runner/simulator/json_writer.hpp"
#include "runner/simulator/simulated_clock.hpp"

namespace batchmill::simulator_detail {

struct stored_file {
  stored_file() = default;

  std::string id;  // given by the store
  std::string filename;
  std::string purpose;
  moment created = 0;
  double lifetime = 0;  // seconds; 0: until it is deleted
  file_content content;

  moment expires() const { return created + lifetime; }
};

/// For lists.
inline const std::string& id_of(const stored_file& file) {
  return file.id;
}

/// For tests to read.
struct file_books {
  std::uint64_t uploaded = 0;  // by clients, be it in parts
  std::uint64_t bytes = 0;     // of these
  std::uint64_t repeated = 0;  // of these: the content had been uploaded before
  std::uint64_t deleted = 0;
  std::uint64_t downloads = 0;
  std::uint64_t downloaded_bytes = 0;  // as promised, broken off or not
  std::uint64_t broken = 0;            // downloads that were broken off on purpose
};

class file_store {
 public:
  using files = std::map<std::string, stored_file, std::less<>>;

  /// `clock` must outlive the store.
  file_store(const simulated_clock& clock, std::uint64_t seed) : clock_(clock), seed_(seed) {}

  /// Gives `file` an id, and the time unless it has one. The reference lasts until the file goes.
  const stored_file& add(stored_file file);

  /// The same, noted in the books as a client's.
  const stored_file& upload(stored_file file);

  /// Null when there is none, or it expired.
  const stored_file* find(std::string_view id);
  void remove(std::string_view id);

  /// Those that are not expired, by age.
  const files& all();

  file_books books;

 private:
  const simulated_clock& clock_;
  std::uint64_t seed_;
  std::uint64_t added_ = 0;
  files files_;
  std::unordered_set<std::uint64_t> uploaded_;  // hashes of contents
};

/// An id that sorts behind those of smaller numbers.
std::string object_id(std::string_view prefix, std::uint64_t number, std::uint64_t seed);

/// The file object of the API.
void write_file(json_writer& json, const stored_file& file);

/// The time in whole seconds, or null when it is 0.
void write_moment(json_writer& json, std::string_view name, moment m);

}  // namespace batchmill::simulator_detail
