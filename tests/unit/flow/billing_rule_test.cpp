#include "runner/flow/billing_rule.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;

namespace {

token_usage some() {
  token_usage used;
  used.prompt = 5;
  return used;
}

}  // namespace

TEST_CASE("bills: an answer is billed by its usage") {
  CHECK(bill_of(200, answer_kind::success, some()) == billed::yes);
  CHECK(bill_of(200, answer_kind::unexpected, some()) == billed::yes);
  CHECK(bill_of(200, answer_kind::transient, some()) == billed::yes);
  CHECK(bill_of(200, answer_kind::success, token_usage()) == billed::unstated);
}

TEST_CASE("bills: an answer that cannot be read was executed all the same") {
  CHECK(bill_of(200, answer_kind::transient, token_usage()) == billed::lost);
  CHECK(bill_of(200, answer_kind::row_failed, token_usage()) == billed::lost);
}

TEST_CASE("bills: what the server refused or failed at is free, unless a proxy gave up waiting") {
  for (const int status : {400, 401, 404, 408, 409, 429, 500, 502, 503}) {
    CHECK(bill_of(status, answer_kind::transient, token_usage()) == billed::no);
  }
  CHECK(bill_of(504, answer_kind::transient, token_usage()) == billed::lost);
  CHECK(bill_of(524, answer_kind::transient, token_usage()) == billed::lost);
}

TEST_CASE("bills: without a response only what was never sent is free") {
  for (const char* unsent : {"resolve_failed", "connect_failed", "tls_failed", "untrusted",
                             "proxy_refused", "file_unreadable"}) {
    CHECK(bill_of(unsent) == billed::no);
  }
  for (const char* lost : {"timed_out", "connection_lost", "bad_response", "response_too_large",
                           "stopped", "something_new"}) {
    CHECK(bill_of(lost) == billed::lost);
  }
}
