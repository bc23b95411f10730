#include "runner/plan/sample.hpp"

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "batchmill/error.hpp"
#include "batchmill/run.hpp"

namespace batchmill {
namespace fs = std::filesystem;
namespace {

/// A folder that is gone with the sample.
class scratch {
 public:
  scratch() : path_((fs::temp_directory_path() / "batchmill-sample-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) {
      throw run_error("cannot make a folder in " + fs::temp_directory_path().string());
    }
  }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;
  ~scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  std::string file(const char* name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// Of the run, whatever it finds to warn of, only what stops it is told.
class errors_only final : public run_observer {
 public:
  explicit errors_only(run_observer* to) : to_(to) {}
  void notice(severity how, std::string_view sentence) override {
    if (to_ != nullptr && how == severity::error) to_->notice(how, sentence);
  }

 private:
  run_observer* to_;
};

job_spec spec_of(const job_spec& spec, const std::vector<row>& rows, row_format format,
                 const scratch& folder) {
  job_spec own = spec;
  if (own.input.files_root.empty()) {
    own.input.files_root = fs::absolute(fs::path(*rows.front().file)).parent_path().string();
  }
  own.input.paths = {folder.file("rows.jsonl")};
  own.input.format = format;
  own.output = {};
  own.output.path = folder.file("results.jsonl");
  own.stop.failures = 1;
  own.mode = run_mode::online;  // what a day of waiting would show costs seconds
  return own;
}

}  // namespace

std::vector<row> row_sample::take() {
  std::ranges::sort(chosen_, {}, &row::index);
  return std::move(chosen_);
}

sample_result run_sample(const job_spec& spec, const std::vector<row>& rows, row_format format,
                         run_observer* observer) {
  if (format == row_format::files) {
    throw usage_error(spec.where("input") +
                      ": rows that are files cannot be sampled; run some of "
                      "them with --limit instead");
  }
  sample_result result;
  if (rows.empty()) return result;
  const scratch folder;
  {
    std::ofstream file(folder.file("rows.jsonl"), std::ios::binary);
    for (const row& r : rows) file << r.text << '\n';
    file.close();
    if (!file) throw run_error("cannot write " + folder.file("rows.jsonl"));
  }
  errors_only filter(observer);
  run_options options;
  options.observer = &filter;
  options.handle_signals = true;
  result.run = run(spec_of(spec, rows, format, folder), options);
  if (result.run.end == run_end::stopped || result.run.end == run_end::interrupted) {
    throw run_error("the sample was not finished: " + result.run.stop_reason);
  }
  result.failed = static_cast<double>(result.run.rows_failed) / static_cast<double>(rows.size());
  return result;
}

}  // namespace batchmill
