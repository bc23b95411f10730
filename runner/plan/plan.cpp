// Reads a job's input and works out what running it will take.
#include "batchmill/plan.hpp"

#include <fmt/format.h>

#include <set>

#include "batchmill/error.hpp"
#include "batchmill/job.hpp"
#include "runner/engine/ledger/request_hash.hpp"
#include "runner/engine/packer.hpp"
#include "runner/engine/row_source.hpp"
#include "runner/model_advice.hpp"
#include "runner/plan/hash_set.hpp"
#include "runner/plan/sample.hpp"
#include "runner/plan/tally.hpp"

namespace batchmill {
namespace {

/// Goes through the input once. What it holds does not grow with it, but for eight to sixteen bytes
/// a row where equal requests are sent once.
class planner {
 public:
  planner(const job_spec& spec, const plan_options& options, const model_catalogue& models,
          const row_job& job, run_observer& observer)
      : spec_(spec),
        job_(job),
        tally_(models),
        advise_(adviser(spec, models, observer)),
        // Rows of a batch do not share requests.
        packing_(spec.mode == run_mode::batch ? pack_limits() : job.packing()),
        packer_(packing_),
        sample_(options.sample, options.seed) {}

  void read(row_source& rows, plan_report& report) {
    while (auto r = rows.wait_next()) {
      ++report.rows;
      report.bytes += r->text.size();
      take(std::move(*r), report);
    }
    packer_.close_all();
    count_ready();
    tally_.finish(report);
  }

  std::vector<row> sample() { return sample_.take(); }

 private:
  void take(row&& r, plan_report& report) {
    auto prepared = job_.prepare(r);
    if (!prepared) {
      ++report.faulty;
      return tally_.add_failure(prepared.error());
    }
    if (!models_.contains(prepared->model)) {
      models_.insert(prepared->model);
      advise_(*prepared);
    }
    tally_.note_prompt(r, *prepared);
    sample_.offer(r);
    if (shares(*prepared)) {
      ++report.shared;
      return;
    }
    if (packing_.rows == 0) return tally_.add(*prepared);
    packer_.add(parcel(std::move(r), std::move(*prepared), 0));
    count_ready();
  }

  void count_ready() {
    while (const auto next = packer_.take_ready()) tally_.add(*next);
  }

  bool shares(const prepared_request& p) {
    if (!spec_.dedupe.value_or(p.answered_alike)) return false;
    return !seen_.insert(request_hash(p.request));
  }

  const job_spec& spec_;
  const row_job& job_;
  tally tally_;
  std::function<void(const prepared_request&)> advise_;
  pack_limits packing_;
  packer packer_;
  row_sample sample_;
  hash_set seen_;
  std::set<std::string, std::less<>> models_;
};

}  // namespace

plan_report plan(const job_spec& spec, const plan_options& options) {
  run_observer silent;
  run_observer& observer = options.observer ? *options.observer : silent;
  row_source rows(spec, options.limit);
  const std::string_view first = rows.peek();
  if (first.empty()) {
    throw usage_error(fmt::format("{}: the input has no rows", spec.where("input.path")));
  }
  const row_format format = spec.input.format ? *spec.input.format : detect_format(first, spec);
  const std::unique_ptr<row_job> job = make_job(spec, format);
  const model_catalogue models = model_catalogue::of(spec);
  plan_report report;
  planner reader(spec, options, models, *job, observer);
  reader.read(rows, report);
  add_limits(spec, models, options.tier, report);
  if (options.sample > 0) {
    report.sample = run_sample(spec, reader.sample(), format, options.observer);
    apply_sample(*report.sample, models, report);
  }
  return report;
}

}  // namespace batchmill
