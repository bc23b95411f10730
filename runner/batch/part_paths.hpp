// Where the files of a run's parts stand: a folder within the ledger's.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>

namespace batchmill {

class part_paths {
 public:
  /// `ledger`: the ledger's folder.
  explicit part_paths(const std::string& ledger) : folder_(ledger + "/batches") {}

  const std::string& folder() const { return folder_; }
  std::string book() const { return folder_ + "/parts.db"; }

  /// What is uploaded.
  std::string requests(std::uint64_t part) const { return name(part, "requests.jsonl"); }

  /// What is needed of the rows when their answers come.
  std::string rows(std::uint64_t part) const { return name(part, "rows"); }

  /// What is downloaded.
  std::string answers(std::uint64_t part) const { return name(part, "answers.jsonl"); }
  std::string errors(std::uint64_t part) const { return name(part, "errors.jsonl"); }

 private:
  std::string name(std::uint64_t part, const char* what) const {
    return fmt::format("{}/{:06}.{}", folder_, part, what);
  }

  std::string folder_;
};

}  // namespace batchmill
