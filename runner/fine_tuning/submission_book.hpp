// What is known of a submission: a small SQLite file beside the spec, written before each call that
// makes something at the server and after it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "runner/engine/ledger/database.hpp"

namespace batchmill {

/// How far is an object on its way to the server?
enum class submission_state {
  planned,  // nothing was done
  making,   // intent: it may be there
  made,     // it is there
};

/// A file of the submission, or its job.
struct submitted {
  submitted() = default;

  submission_state state = submission_state::planned;
  unsigned attempt = 0;    // counts intents
  std::int64_t since = 0;  // Unix seconds of the last intent
  std::string id;          // the server's
};

class submission_book {
 public:
  /// Makes the file and its folder when missing. Throws run_error.
  explicit submission_book(const std::string& path);

  /// `name`: "training", "validation" or "job". What was never saved is planned.
  submitted load(const std::string& name) const;

  /// Durable when it returns. Throws run_error.
  void save(const std::string& name, const submitted& what);

  /// Small facts; empty: unknown.
  std::string fact(const std::string& key) const;
  void set_fact(const std::string& key, const std::string& value);

 private:
  std::unique_ptr<database> db_;
};

/// Where the book of a spec is: in the folder SPEC.submission.
std::string submission_folder(const std::string& spec);
std::string submission_book_path(const std::string& spec);

/// Has anything been begun that a submission of the spec would go on with?
bool is_submission_begun(const std::string& spec);

/// The job that was submitted from a spec, as a bystander sees it; empty: none, as far as is known.
std::string look_at_submitted_job(const std::string& spec);

}  // namespace batchmill
