#include "runner/fine_tuning/submission.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "batchmill/json_text.hpp"
#include "runner/engine/ledger/crash_point.hpp"

namespace batchmill {
namespace {

using std::chrono::seconds;

constexpr const char* purpose = "fine-tune";
constexpr auto upload_doubt = seconds(5);  // a second file costs nothing
constexpr auto look_period = seconds(5);
constexpr unsigned most_lost_answers = 5;       // in a row: the server cannot be relied on
constexpr unix_seconds clock_skew = 24 * 3600;  // between the server's clock and ours

bool is_lost(const remote_failure& why) {
  return why.kind == failure_kind::unknown_outcome;
}

std::string reason(const remote_failure& why) {
  return why.message.empty() ? why.code : why.message;
}

}  // namespace

submission::submission(const tuning_spec& spec, submission_terms terms, remote_api& files,
                       tuning_api& jobs, clock& time, submission_book& book)
    : spec_(spec), terms_(std::move(terms)), files_(files), jobs_(jobs), time_(time), book_(book) {}

awaitable<remote_result<remote_tuning_job>> submission::run() {
  const submitted job = book_.load("job");
  if (job.state == submission_state::made) co_return co_await jobs_.job(job.id);
  auto training = co_await bring("training", spec_.training_file);
  if (!training) co_return training.error();
  auto validation = co_await bring("validation", spec_.validation_file);
  if (!validation) co_return validation.error();
  co_return co_await create(std::move(*training), std::move(*validation));
}

std::int64_t submission::wall_seconds() const {
  return std::chrono::duration_cast<seconds>(time_.wall_now().time_since_epoch()).count();
}

std::string submission::file_name(const std::string& name) const {
  return fmt::format("batchmill-{}-{}.jsonl", terms_.id, name);
}

void submission::note(const std::string& name, submitted& what, submission_state state) {
  what.state = state;
  if (state == submission_state::making) {
    ++what.attempt;
    what.since = wall_seconds();
  }
  book_.save(name, what);
}

/// The file's id, empty for no file. What a call may have made that nobody knows the end of is
/// looked for first.
awaitable<submission::file_result> submission::bring(std::string name, std::string path) {
  if (path.empty()) co_return std::string();
  submitted what = book_.load(name);
  if (what.state == submission_state::made) co_return what.id;
  if (what.state == submission_state::making) {
    const auto bytes = std::filesystem::file_size(path);
    auto found = co_await files_.find_file(purpose, file_name(name), bytes);
    if (!found) co_return found.error();
    if (*found) {
      what.id = (**found).id;
      note(name, what, submission_state::made);
      co_return what.id;
    }
  }
  co_return co_await upload(std::move(name), std::move(path), std::move(what));
}

awaitable<submission::file_result> submission::upload(std::string name, std::string path,
                                                      submitted what) {
  const std::string point = "tuning " + name + " upload";
  note(name, what, submission_state::making);
  crash_point(point.c_str(), "before");
  terms_.tell(severity::info, fmt::format("uploading {}", path));
  upload_order order(path, file_name(name), purpose);
  auto made = co_await files_.upload_file(std::move(order));
  crash_point(point.c_str(), "after");
  if (made) {
    what.id = made->id;
    note(name, what, submission_state::made);
    crash_point(point.c_str(), "noted");
    co_return what.id;
  }
  if (!is_lost(made.error()) || what.attempt >= most_lost_answers) co_return made.error();
  terms_.tell(severity::warning, fmt::format("no answer to the upload: {}; looking for the file",
                                             reason(made.error())));
  co_await time_.sleep_until(time_.now() + upload_doubt);
  co_return co_await bring(std::move(name), std::move(path));
}

tuning_order submission::order(std::string training, std::string validation,
                               unsigned attempt) const {
  tuning_order order;
  order.model = spec_.model;
  order.training_file = std::move(training);
  order.validation_file = std::move(validation);
  order.suffix = spec_.suffix;
  order.seed = spec_.seed;
  order.method = method_json(spec_);
  order.integrations = spec_.integrations;
  order.metadata = spec_.metadata;
  order.metadata.emplace_back(submission_tag, terms_.id);
  order.metadata.emplace_back("batchmill_try", std::to_string(attempt));
  return order;
}

awaitable<remote_result<remote_tuning_job>> submission::create(std::string training,
                                                               std::string validation) {
  submitted what = book_.load("job");
  for (;;) {
    if (what.state == submission_state::making) {
      auto found = co_await look_for_job(what);
      if (!found) co_return found.error();
      if (*found) {
        what.id = (**found).id;
        note("job", what, submission_state::made);
        co_return std::move(**found);
      }
    }
    note("job", what, submission_state::making);
    crash_point("tuning job create", "before");
    tuning_order wanted = order(training, validation, what.attempt);
    auto made = co_await jobs_.create_job(std::move(wanted));
    crash_point("tuning job create", "after");
    if (made) {
      what.id = made->id;
      note("job", what, submission_state::made);
      crash_point("tuning job create", "noted");
      co_return made;
    }
    const bool lost = is_lost(made.error());
    if (!lost && made.error().kind != failure_kind::stopped) {
      // It is certain that nothing was made.
      what.attempt = 0;
      note("job", what, submission_state::planned);
    }
    if (!lost || what.attempt >= most_lost_answers) co_return made.error();
    what.since = wall_seconds();
    book_.save("job", what);
    terms_.tell(severity::warning,
                fmt::format("no answer to the creation of the job: {}; looking for it",
                            reason(made.error())));
  }
}

awaitable<submission::found_job> submission::find_job() {
  const submitted what = book_.load("job");
  const unix_seconds since = std::max<unix_seconds>(0, what.since - clock_skew);
  auto found = co_await jobs_.find_jobs(submission_tag, terms_.id, since);
  if (!found) co_return found.error();
  if (found->empty()) co_return std::optional<remote_tuning_job>();
  co_return std::optional<remote_tuning_job>(found->front());
}

/// A call whose answer was lost may still be at work at the server, and what it made may take a
/// while to be listed.
awaitable<submission::found_job> submission::look_for_job(submitted what) {
  const auto passed = seconds(std::max<std::int64_t>(0, wall_seconds() - what.since));
  const time_point end = time_.now() + std::max(duration(0), terms_.doubt - duration(passed));
  if (time_.now() < end) {
    terms_.tell(severity::info,
                "an earlier attempt to create the job had no answer; looking for "
                "what it may have made");
  }
  for (;;) {
    auto found = co_await find_job();
    if (!found || *found) co_return found;
    if (time_.now() >= end) co_return found;
    co_await time_.sleep_until(std::min(end, time_.now() + look_period));
  }
}

std::string method_json(const tuning_spec& spec) {
  if (spec.method == "supervised" && spec.hyperparameters.empty()) return {};
  std::string own;
  if (!spec.hyperparameters.empty()) own = R"("hyperparameters":)" + spec.hyperparameters;
  if (!spec.grader.empty()) own += (own.empty() ? "" : ",") + (R"("grader":)" + spec.grader);
  return fmt::format(R"({{"type":"{0}","{0}":{{{1}}}}})", spec.method, own);
}

}  // namespace batchmill
