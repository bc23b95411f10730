// An open file of the ledger or the output; what the disk refuses becomes one sentence.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "batchmill/error.hpp"

namespace batchmill {

/// There is no space left, or no more of it for this user.
struct disk_full : run_error {
  using run_error::run_error;
};

/// Rights of what is made for the user: less the umask, as for any output. The ledger's own files
/// are for their owner.
inline constexpr int readable_by_others = 0666;

class disk_file {
 public:
  enum class mode {
    append,    // created when missing; every write goes to its end
    own,       // the same for a file of our own, which is never reached through a symbolic link
    fresh,     // likewise our own: created, or emptied when it exists
    in_place,  // created when missing; written with write_at alone
    read,
  };

  disk_file() = default;

  /// `label` names the file at crash points. Throws run_error.
  disk_file(std::string path, mode how, const char* label, int rights = 0600);
  ~disk_file();
  disk_file(disk_file&& other) noexcept;
  disk_file& operator=(disk_file&& other) noexcept;

  bool is_open() const { return fd_ >= 0; }
  const std::string& path() const { return path_; }

  /// Throws disk_full when the disk takes no more, run_error for other reasons; a part may have
  /// been taken.
  void write(std::string_view bytes);

  /// As `write`, at a place of its own.
  void write_at(std::uint64_t offset, std::string_view bytes);

  /// The same without a copy in the system's cache, where the file system can do that. Offset, size
  /// and address are multiples of 4096.
  void write_past_cache(std::uint64_t offset, std::string_view bytes);

  /// Makes what was written durable. Pipes and devices need no such thing.
  void sync();

  /// Shortens the file, or lengthens it with zeros.
  void resize(std::uint64_t length);

  /// Fills the front of `space`; less only at the end of the file.
  std::size_t read_at(std::uint64_t offset, std::span<char> space) const;

  std::uint64_t size() const;

  /// Throws run_error when the file was removed, or another one stands in its place.
  void require_in_place() const;

 private:
  bool put_at(std::uint64_t& offset, std::string_view& bytes);
  [[noreturn]] void refuse(const char* verb) const;

  std::string path_;
  const char* label_ = "";
  int fd_ = -1;
};

/// For a file or folder of our own where somebody else's link stands. Throws run_error.
[[noreturn]] void refuse_link(const std::string& path);

/// 0 also when there is no such file.
std::uint64_t length_or_zero(const std::string& path);

/// Is the last of the first `length` bytes a line end?
bool ends_a_line(const std::string& path, std::uint64_t length);

/// Makes the creation, renaming or removal of files in `folder` durable.
void sync_folder(const std::string& folder);

}  // namespace batchmill
