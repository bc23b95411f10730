#include "runner/flow/outage.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "batchmill/duration.hpp"

namespace batchmill {
namespace {

using namespace std::chrono_literals;

constexpr duration first_wait = 250ms;
constexpr duration longest_wait = 15s;

constexpr duration usual_bound = 10min;
constexpr duration bound_at_first = 30s;  // a wrong address is found out soon

// Even where one attempt in five breaks off, so many in a row are no chance. Those under way at the
// same time may share one accident, unless nothing was answered long before.
constexpr unsigned losses_of_an_outage = 8;
constexpr unsigned accidents_of_an_outage = 2;
constexpr duration long_silence = 10s;

}  // namespace

duration longest_outage(const std::optional<duration>& given, bool has_answered) {
  return given.value_or(has_answered ? usual_bound : bound_at_first);
}

duration wait_between_tries(unsigned tries) {
  return std::min<duration>(longest_wait, first_wait * (1U << std::min(tries, 10U)));
}

contact contact_of(const std::optional<net_errc>& failure) {
  if (!failure) return contact::answered;
  if (failure == net_errc::untrusted) return contact::untrusted;
  if (is_unsent(*failure)) return contact::unreachable;
  switch (*failure) {
    case net_errc::timed_out:
    case net_errc::connection_lost:
      return contact::unanswered;
    case net_errc::bad_response:
    case net_errc::response_too_large:
      return contact::answered;
    default:
      return contact::nothing;
  }
}

void outage::attempted(contact what, std::string_view why, time_point sent_at, time_point now) {
  switch (what) {
    case contact::answered:
      return answered(now);
    case contact::unanswered:
      return unanswered(why, sent_at, now);
    case contact::unreachable:
    case contact::untrusted:
      return unreachable(what, why, sent_at, now);
    case contact::nothing:
      break;
  }
}

/// An answer on an old connection says nothing about new ones.
void outage::answered(time_point now) {
  last_answer_ = now;
  losses_ = accidents_ = 0;
  if (phase_ == phase::no_way) return;
  phase_ = phase::none;
  begun_ = false;
}

void outage::unanswered(std::string_view why, time_point sent_at, time_point now) {
  if (phase_ == phase::no_way || phase_ == phase::no_answer) return;
  const bool in_turn = losses_ == 0 || sent_at > last_loss_;
  if (phase_ == phase::one_tries && !in_turn) return;
  if (!begun_) begin(why, now);
  ++losses_;
  accidents_ += in_turn ? 1 : 0;
  if (in_turn) last_loss_ = now;
  if (phase_ == phase::none && !is_no_chance(now)) return;
  why_ = why;
  const bool was_tried = phase_ == phase::one_tries;
  wait_longer(phase::no_answer, now);
  if (was_tried) judge(now);
}

bool outage::is_no_chance(time_point now) const {
  if (losses_ < losses_of_an_outage) return false;
  return accidents_ >= accidents_of_an_outage || !last_answer_ ||
         now - *last_answer_ >= long_silence;
}

void outage::unreachable(contact what, std::string_view why, time_point sent_at, time_point now) {
  const bool old_news = phase_ == phase::none && begun_ && sent_at <= reached_;
  if (old_news || phase_ == phase::no_way) return;
  // Before the first try, answers lost long ago do not count: there is to be one.
  if (!begun_ || tries_ == 0) begin(why, now);
  why_ = why;
  wait_longer(phase::no_way, now);
  judge(now);
  if (what == contact::untrusted && !last_answer_) verdict_ = why_;
}

void outage::begin(std::string_view why, time_point now) {
  begun_ = true;
  since_ = now;
  why_ = why;
  tries_ = 0;
}

void outage::wait_longer(phase next, time_point now) {
  phase_ = next;
  next_try_ = now + wait_between_tries(tries_++);
}

void outage::tried(const std::optional<transport_error>& failure, time_point now) {
  if (phase_ != phase::no_way && phase_ != phase::no_answer) return;
  if (!failure) {
    reached_ = now;
    phase_ = phase_ == phase::no_way ? phase::none : phase::one_tries;
    return;
  }
  why_ = failure->detail;
  wait_longer(phase_, now);
  judge(now);
}

duration outage::bound() const {
  return longest_outage(bound_, last_answer_.has_value());
}

/// Old connections may bring answers while there is no way to new ones.
void outage::judge(time_point now) {
  const duration silence = now - std::max(since_, last_answer_.value_or(since_));
  if (silence < bound()) return;
  verdict_ = fmt::format("the server has not answered for {}: {}", format_duration(silence), why_);
}

std::string outage::sentence() const {
  const char* what = phase_ == phase::no_way ? "the server cannot be reached"
                                             : "the server answers nothing any more";
  const char* how = phase_ == phase::no_way ? "it is tried again" : "one at a time is tried";
  return fmt::format("{}: {}; all rows wait while {}, for up to {}", what, why_, how,
                     format_duration(bound()));
}

}  // namespace batchmill
