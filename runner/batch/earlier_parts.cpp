#include "runner/batch/earlier_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "batchmill/error.hpp"
#include "runner/batch/part_book.hpp"
#include "runner/engine/ledger/identity.hpp"

namespace batchmill {
namespace {

bool may_be_remote(const batch_part& p) {
  if (p.state == part_state::created) return p.status != "failed";  // nothing of it is executed
  return p.state == part_state::creating || p.state == part_state::ended;
}

/// Half a sentence; empty when this run asks what the parts ask.
std::string what_changed(const job_spec& spec, const ledger_paths& ledger,
                         const std::vector<std::string>& inputs, const run_options& options) {
  if (options.fresh) return "--fresh begins anew";
  if (options.reuse) return "--reuse begins anew";
  if (options.retry_failed) return "--retry-failed begins anew";
  const auto before = read_identity(ledger.identity(), false);
  if (!before) return "";
  const run_identity now = new_identity(spec, inputs);
  if (before->fingerprint != now.fingerprint) {
    return changed_keys(*before, now) + " of the spec changed";
  }
  return before->inputs != now.inputs ? "the input changed" : "";
}

}  // namespace

bool has_open_parts(const part_paths& paths) {
  const auto parts = look_at_parts(paths.book());
  return std::ranges::any_of(parts, [](const batch_part& p) { return p.is_open(); });
}

bool are_of_another_run(const job_spec& spec, const ledger_paths& ledger,
                        const std::vector<std::string>& inputs, const run_options& options) {
  const auto parts = look_at_parts(part_paths(ledger.folder).book());
  const std::string change = what_changed(spec, ledger, inputs, options);
  if (parts.empty() || change.empty()) return false;
  const auto remote = std::ranges::count_if(parts, may_be_remote);
  if (remote == 0) return true;
  throw usage_error(fmt::format(
      "{}: {}, but {} {} under way for {}; run the job as it was to its end, or give them up with: "
      "batchmill cancel {}",
      spec.where("output.path"), change, remote, remote == 1 ? "batch is" : "batches are",
      ledger.output, ledger.output));
}

}  // namespace batchmill
