#include "jobs/row_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "batchmill/grouped_number.hpp"

namespace batchmill::jobs {

namespace {

namespace fs = std::filesystem;

class descriptor {
 public:
  explicit descriptor(int number) : number_(number) {}
  ~descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;

  int number() const { return number_; }

 private:
  int number_;
};

row_problem not_found(const std::string& root, const std::string& name, const char* why) {
  return {"file_not_found", fmt::format("the file '{}' in {} cannot be read: {}", name, root, why)};
}

bool is_below(const fs::path& path, const fs::path& root) {
  const auto [end, rest] = std::mismatch(root.begin(), root.end(), path.begin(), path.end());
  return end == root.end() && rest != path.end();
}

/// Reads up to `size` bytes: a file that grows meanwhile is cut.
bool read_all(int file, std::string& out, std::size_t size) {
  out.resize(size);
  std::size_t done = 0;
  while (done < size) {
    const ssize_t n = ::read(file, out.data() + done, size - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  out.resize(done);
  return true;
}

}  // namespace

std::string files_root(const job_spec& spec, const row& r) {
  if (!spec.input.files_root.empty()) return spec.resolve(spec.input.files_root);
  const bool has_file = r.file && *r.file != "-";
  const std::string folder = fs::path(has_file ? *r.file : spec.file).parent_path().string();
  return folder.empty() ? "." : folder;
}

row_file_result resolve_row_file(const std::string& root, const std::string& name) {
  if (name.empty()) return row_problem("file_not_found", "the name of the file is empty");
  // The system would take such a name for a shorter one.
  if (name.find('\0') != std::string::npos) {
    return row_problem("file_not_found", "the name of the file contains a null character");
  }
  std::error_code error;
  const fs::path folder = fs::canonical(root, error);
  if (error) return not_found(root, name, error.message().c_str());
  const fs::path path = fs::canonical(folder / name, error);
  if (!error && is_below(path, folder)) return path.string();
  // Outside of the folder nothing is told about what exists.
  if (!is_below((folder / name).lexically_normal(), folder) || !error) {
    return row_problem("file_outside",
                       fmt::format("the file '{}' is not in {}; `input.files_root` names the "
                                   "folder that rows may take files from",
                                   name, root));
  }
  return not_found(root, name, error.message().c_str());
}

row_file_result read_row_file(const std::string& root, const std::string& name, std::size_t most) {
  const row_file_result path = resolve_row_file(root, name);
  if (!path) return path.error();
  // Without waiting for the writer of a pipe.
  const descriptor file(::open(path->c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat facts {};
  if (file.number() < 0 || ::fstat(file.number(), &facts) != 0) {
    return not_found(root, name, std::strerror(errno));
  }
  if (!S_ISREG(facts.st_mode)) return not_found(root, name, "it is no regular file");
  const auto size = static_cast<std::size_t>(facts.st_size);
  if (size > most) {
    return row_problem("file_too_large",
                       fmt::format("the file '{}' has {} bytes, more than {}", name,
                                   with_separators(size), with_separators(most)));
  }
  std::string bytes;
  if (!read_all(file.number(), bytes, size)) return not_found(root, name, std::strerror(errno));
  return bytes;
}

}  // namespace batchmill::jobs
