#include "runner/engine/ledger/judgement.hpp"

namespace batchmill {
namespace {

bool changed(const earlier_run& earlier) {
  return !earlier.input.same() || earlier.inputs_differ || earlier.format_differs;
}

verdict judge_changed(const earlier_run& earlier, const opening_wishes& wishes) {
  if (wishes.replace) return verdict::start_over;
  if (!wishes.reuse) return verdict::choice_needed;
  return earlier.format_differs ? verdict::wrong_format : verdict::renew;
}

}  // namespace

verdict judge(const earlier_run& earlier, const opening_wishes& wishes) {
  // Rows added behind finished ones that did not change: the output can simply be continued.
  const bool continues =
      wishes.reuse && earlier.input.same() && !earlier.format_differs && !wishes.retry_failed;
  if (changed(earlier) && !continues) return judge_changed(earlier, wishes);
  if (wishes.retry_failed && earlier.any_failed) return verdict::renew;
  if (!earlier.input.all_finished || earlier.any_ahead) return verdict::go_on;
  return wishes.replace ? verdict::start_over : verdict::complete;
}

}  // namespace batchmill
