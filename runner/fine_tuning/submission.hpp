// Brings the files of a fine-tuning job to the server and makes the job: each of them once, however
// often the program is killed on the way.
//
// Every call that makes something is written down before it and after it. Where the end is missing,
// what it may have made is looked for: files by a name that no other submission has, the job by its
// metadata.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "batchmill/awaitable.hpp"
#include "batchmill/clock.hpp"
#include "batchmill/observer.hpp"
#include "runner/fine_tuning/submission_book.hpp"
#include "runner/remote/remote_api.hpp"
#include "runner/remote/tuning_api.hpp"
#include "runner/spec/tuning_spec.hpp"

namespace batchmill {

/// The key of the metadata under which a job has the id of its submission.
inline constexpr const char* submission_tag = "batchmill_submission";

struct submission_terms {
  submission_terms() = default;

  std::string id;  // tells the objects of this submission from all others
  // So long a job is looked for whose creation was not answered, before it is created again.
  duration doubt = std::chrono::minutes(2);
  std::function<void(severity, std::string_view)> tell;  // what goes on
};

class submission {
 public:
  /// All must outlive it.
  submission(const tuning_spec& spec, submission_terms terms, remote_api& files, tuning_api& jobs,
             clock& time, submission_book& book);

  /// Ends with the job, be it new or known from before.
  awaitable<remote_result<remote_tuning_job>> run();

 private:
  using file_result = remote_result<std::string>;
  using found_job = remote_result<std::optional<remote_tuning_job>>;

  awaitable<file_result> bring(std::string name, std::string path);
  awaitable<file_result> upload(std::string name, std::string path, submitted what);
  awaitable<remote_result<remote_tuning_job>> create(std::string training, std::string validation);
  awaitable<found_job> find_job();
  awaitable<found_job> look_for_job(submitted what);
  void note(const std::string& name, submitted& what, submission_state state);
  std::string file_name(const std::string& name) const;
  tuning_order order(std::string training, std::string validation, unsigned attempt) const;
  std::int64_t wall_seconds() const;

  const tuning_spec& spec_;
  submission_terms terms_;
  remote_api& files_;
  tuning_api& jobs_;
  clock& time_;
  submission_book& book_;
};

/// The `method` of the API's request.
std::string method_json(const tuning_spec& spec);

}  // namespace batchmill
