#include "runner/engine/artifact_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "batchmill/error.hpp"
#include "batchmill/json_text.hpp"
#include "runner/engine/ledger/disk_file.hpp"

namespace batchmill {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t longest_stem = 100;  // bytes; names may have 255

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

bool may_stand(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-_.").find(c) != std::string_view::npos ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::string sha256(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest, &length, EVP_sha256(), nullptr) != 1) {
    throw run_error("OpenSSL cannot compute a SHA-256");
  }
  std::string text;
  for (unsigned i = 0; i < length; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

bool holds(const std::string& path, std::string_view bytes) {
  std::error_code none;
  if (fs::file_size(path, none) != bytes.size() || none) return false;
  std::ifstream file(path, std::ios::binary);
  const std::string found{std::istreambuf_iterator<char>(file), {}};
  return found == bytes;
}

/// Names a finished file, unless one of that name is there already. Not every file system can do
/// both in one step.
bool rename_to_new(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno == EEXIST) return false;
  if (errno == EINVAL || errno == ENOSYS) {
    if (::access(to.c_str(), F_OK) == 0) return false;
    if (::rename(from.c_str(), to.c_str()) == 0) return true;
  }
  throw run_error(fmt::format("cannot write {}: {}", to, strerror(errno)));
}

/// The first name is the plain one. The others carry the row's number: another row has the same id,
/// an earlier run left another answer, or the id could not be a name as it is.
std::string candidate(const std::string& stem, std::uint64_t row, const std::string& tail,
                      unsigned attempt) {
  if (attempt == 0) return stem + tail;
  const std::string again = attempt == 1 ? "" : fmt::format(".{}", attempt);
  return fmt::format("{}.row{}{}{}", stem, row, again, tail);
}

void make_folder(const std::string& folder) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure) {
    throw run_error(
        fmt::format("cannot make the folder {} for artifacts: {}", folder, failure.message()));
  }
}

}  // namespace

std::string file_stem(std::string_view custom_id) {
  std::string stem;
  for (const char c : custom_id) stem += may_stand(c) ? c : '_';
  if (stem.size() > longest_stem) {
    std::size_t n = longest_stem;
    while (n > 0 && is_continuation(stem[n])) --n;
    stem.resize(n);
  }
  if (stem.empty()) stem = "_";
  if (stem.front() == '.' || stem.front() == '-') stem.front() = '_';
  return stem;
}

artifact_store::artifact_store(std::string folder, std::string shown)
    : folder_(std::move(folder)), shown_(std::move(shown)) {}

std::vector<std::string> artifact_store::save(std::uint64_t row, outcome& result,
                                              bool wants_text) const {
  const std::vector<artifact> files = std::exchange(result.artifacts, {});
  if (files.empty()) return {};
  make_folder(folder_);
  const std::string custom_id = json::unquote(result.custom_id).value_or("");
  std::vector<std::string> paths;
  std::string body, places;
  std::size_t taken = 0;
  for (const artifact& file : files) {
    const std::string name = save_one(row, custom_id, paths.size() + 1, files.size(), file);
    paths.push_back((fs::path(folder_) / name).string());
    const std::string place = json::quote((fs::path(shown_) / name).string());
    body.append(result.body, taken, file.at - taken);
    if (!file.address.empty()) body += R"(,"artifact":)";
    body += fmt::format(R"({{"path":{},"size":{},"sha256":"{}"}})", place, file.bytes.size(),
                        sha256(file.bytes));
    taken = file.at;
    places += (places.empty() ? "" : ",") + place;
  }
  result.body = body.append(result.body, taken);
  if (wants_text) result.text = files.size() == 1 ? places : "[" + places + "]";
  return paths;
}

std::string artifact_store::save_one(std::uint64_t row, const std::string& custom_id,
                                     std::size_t number, std::size_t count,
                                     const artifact& file) const {
  const std::string stem = file_stem(custom_id);
  const std::string nth = count == 1 ? "" : fmt::format("-{}", number);
  const std::string tail = nth + "." + file.suffix;
  const std::string unfinished =
      (fs::path(folder_) / fmt::format(".unfinished-{}-{}-{}", ::getpid(), row, number)).string();
  for (unsigned attempt = stem == custom_id ? 0 : 1;; ++attempt) {
    const std::string name = candidate(stem, row, tail, attempt);
    const std::string path = (fs::path(folder_) / name).string();
    if (holds(path, file.bytes)) return name;
    if (fs::exists(path)) continue;
    try {
      disk_file(unfinished, disk_file::mode::fresh, "artifact", readable_by_others)
          .write(file.bytes);
      if (rename_to_new(unfinished, path)) return name;
    } catch (const run_error&) {
      ::unlink(unfinished.c_str());
      throw;
    }
    ::unlink(unfinished.c_str());
  }
}

}  // namespace batchmill
