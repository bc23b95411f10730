// A spec in a folder of its own, and what loading it says.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "batchmill/error.hpp"
#include "batchmill/job_spec.hpp"

namespace batchmill::testing {

class spec_file {
 public:
  explicit spec_file(std::string_view yaml, const std::string& name = "job.yaml") {
    std::string pattern = (std::filesystem::temp_directory_path() / "batchmill-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    path_ = folder_ + "/" + name;
    std::ofstream(path_, std::ios::binary) << yaml;
  }
  spec_file(const spec_file&) = delete;
  spec_file& operator=(const spec_file&) = delete;
  ~spec_file() { std::filesystem::remove_all(folder_); }

  const std::string& path() const { return path_; }
  const std::string& folder() const { return folder_; }

  job_spec load(const std::vector<std::string>& overrides = {}) const {
    return load_job_spec(path_, overrides);
  }

  /// A message or place without the folder's name.
  std::string local(std::string text) const {
    if (text.starts_with(folder_ + "/")) text.erase(0, folder_.size() + 1);
    return text;
  }

  /// What is wrong with the spec, "" when nothing is.
  std::string complaint(const std::vector<std::string>& overrides = {}) const {
    try {
      load(overrides);
    } catch (const usage_error& error) {
      return local(error.what());
    }
    return "";
  }

 private:
  std::string folder_;
  std::string path_;
};

}  // namespace batchmill::testing
