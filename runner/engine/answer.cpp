#include "runner/engine/answer.hpp"

#include <utility>

namespace batchmill {
namespace {

answer_kind kind_of(net_errc failure) {
  if (is_unsent(failure)) return answer_kind::unreachable;
  // It was paid, and the next would be as large. Of several rows, each half is asked by itself.
  if (failure == net_errc::response_too_large) return answer_kind::row_failed;
  if (failure == net_errc::file_unreadable) return answer_kind::row_failed;
  return answer_kind::transient;
}

}  // namespace

answer read_answer(attempt_result result, const row_job& job, packed_rows packed, wall_time now) {
  answer a;
  if (!result) {
    a.failure = result.error().code;
    a.given_up = a.failure == net_errc::stopped;
    a.what.kind = kind_of(result.error().code);
    a.what.code = to_string(result.error().code);
    a.what.message = result.error().detail;
    return a;
  }
  a.status = result->status;
  const noted_headers headers(*result);
  a.request_id = headers[noted_header::request_id];
  a.limits = read_rate_headers(headers);
  a.server_wait = read_retry_after(headers, now);
  a.should_retry = read_should_retry(headers);
  a.what = packed.empty() ? job.read(std::move(*result))
                          : job.read_packed(std::move(*result), packed, a.each);
  if (!a.server_wait) a.server_wait = a.what.wait;
  return a;
}

outcome outcome_of(const prepared_request& prepared, answer&& a, unsigned attempts) {
  outcome result;
  result.ok = a.what.kind == answer_kind::success;
  result.custom_id = prepared.custom_id;
  result.status = a.status;
  result.request_id = std::move(a.request_id);
  result.body = std::move(a.what.body);
  result.text = std::move(a.what.text);
  result.usage = std::move(a.what.usage);
  result.members = std::move(a.what.members);
  result.error_code = std::move(a.what.code);
  result.error_message = std::move(a.what.message);
  result.artifacts = std::move(a.what.artifacts);
  result.tokens = a.what.tokens;
  result.vector = std::move(a.what.vector);
  result.labels = std::move(a.what.labels);
  result.attempts = attempts;
  return result;
}

answer answer_for(answer& packed, std::size_t row) {
  answer one;
  one.status = packed.status;
  one.request_id = packed.request_id;
  if (packed.what.kind == answer_kind::success) {
    one.what = std::move(packed.each[row]);
  } else {
    one.what = packed.what;
  }
  return one;
}

outcome outcome_of(const row_failure& failure) {
  outcome result;
  result.custom_id = failure.custom_id;
  result.error_code = failure.code;
  result.error_message = failure.message;
  return result;
}

}  // namespace batchmill
