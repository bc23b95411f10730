// Is the server there? Decides who may go while it is not, when it is tried again, and when enough
// is enough. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "batchmill/clock.hpp"
#include "batchmill/error.hpp"

namespace batchmill {

/// What an attempt told about the server.
enum class contact {
  answered,     // there was a response, whatever its status
  unanswered,   // sent, but the connection broke or time ran out before the response was complete
  unreachable,  // not sent: there was no connection
  untrusted,    // likewise, and by the server's certificate
  nothing,      // the trouble was our own
};

/// `failure`: why there was no response.
contact contact_of(const std::optional<net_errc>& failure);

/// How long there may be no answer, as retry_spec has it.
duration longest_outage(const std::optional<duration>& given, bool has_answered);

/// After so many tries that were in vain.
duration wait_between_tries(unsigned tries);

/// A server that accepts no connection is tried with a connection alone; once there is one, all may
/// go. A server that accepts them but answers nothing is tried with one request at a time.
class outage {
 public:
  /// What is the state of things?
  enum class phase {
    none,       // the server answers, as far as is known
    no_way,     // no connection comes about: nobody goes
    no_answer,  // nobody goes before a connection was tried
    one_tries,  // there is a connection: one request may go
  };

  /// `bound`: how long there may be no answer; as in retry_spec.
  explicit outage(std::optional<duration> bound) : bound_(bound) {}

  phase state() const { return phase_; }

  /// How an attempt begun at `sent_at` ended, and why.
  void attempted(contact what, std::string_view why, time_point sent_at, time_point now);

  /// A connection was tried: what stood in its way, if anything did.
  void tried(const std::optional<transport_error>& failure, time_point now);

  /// When a connection is to be tried, in no_way and no_answer.
  time_point next_try() const { return next_try_; }

  /// Why the run is to end, once it is.
  const std::optional<std::string>& verdict() const { return verdict_; }

  /// For the user, when it begins.
  std::string sentence() const;

  /// How long it has lasted.
  duration length(time_point now) const { return now - since_; }

 private:
  void answered(time_point now);
  void unanswered(std::string_view why, time_point sent_at, time_point now);
  void unreachable(contact what, std::string_view why, time_point sent_at, time_point now);
  void begin(std::string_view why, time_point now);
  bool is_no_chance(time_point now) const;
  void wait_longer(phase next, time_point now);
  void judge(time_point now);
  duration bound() const;

  std::optional<duration> bound_;
  phase phase_ = phase::none;
  std::optional<time_point> last_answer_;
  bool begun_ = false;      // something failed since the last answer:
  time_point since_{};      // the first of it
  std::string why_;         // the last of it
  unsigned losses_ = 0;     // unanswered attempts
  unsigned accidents_ = 0;  // of these: attempts begun after the one before count
  time_point last_loss_{};
  time_point reached_{};  // the last connection that was tried
  unsigned tries_ = 0;    // since it began
  time_point next_try_{};
  std::optional<std::string> verdict_;
};

}  // namespace batchmill
