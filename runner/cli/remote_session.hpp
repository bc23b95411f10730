// What the commands on files, batches and fine-tuning jobs share: a client, and its coroutines as
// plain calls.
#pragma once

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "batchmill/error.hpp"
#include "batchmill/job_spec.hpp"
#include "batchmill/transport.hpp"
#include "runner/progress/remote_text.hpp"
#include "runner/progress/tuning_text.hpp"
#include "runner/remote/api_client.hpp"
#include "runner/remote/tuning_client.hpp"

namespace batchmill::cli {

class remote_session {
 public:
  /// Each wait for another attempt is told on standard error.
  explicit remote_session(const job_spec& spec);

  api_client& client() { return client_; }
  tuning_client& tuning() { return tuning_; }
  clock& time() { return *time_; }

  /// Waits for another attempt are told to `watch` from now on.
  void tell_waits_to(remote_caller::retry_watch watch) { watch_ = std::move(watch); }

  /// Runs a call to its end. Throws run_error when the API fails it.
  template <class T>
  T finish(awaitable<remote_result<T>> call) {
    auto result = attempt(std::move(call));
    if (!result) throw run_error(sentence_of(result.error()));
    return std::move(*result);
  }

  /// The same with the failure as a value.
  template <class T>
  remote_result<T> attempt(awaitable<remote_result<T>> call) {
    std::optional<remote_result<T>> result;
    std::exception_ptr failure;
    boost::asio::co_spawn(io_.get_executor(), std::move(call),
                          [&](std::exception_ptr e, remote_result<T> r) {
                            failure = e;
                            result.emplace(std::move(r));
                          });
    io_.restart();
    io_.run();
    if (failure) std::rethrow_exception(failure);
    return std::move(*result);
  }

  /// The same, but Ctrl-C and SIGTERM break it off: nothing then. No call can follow.
  template <class T>
  std::optional<remote_result<T>> attempt_until_signal(awaitable<remote_result<T>> call) {
    boost::asio::signal_set signals(io_, SIGINT, SIGTERM);
    bool interrupted = false;
    signals.async_wait([&](const boost::system::error_code& none, int) {
      if (none) return;
      interrupted = true;
      wire_->cancel();
      time_->cancel();
    });
    auto result = attempt(ending(std::move(call), signals));
    if (interrupted) return std::nullopt;
    return result;
  }

  unix_seconds now() const;

 private:
  /// Signals are not waited for any more, be it because of an exception.
  class waiting_end {
   public:
    explicit waiting_end(boost::asio::signal_set& signals) : signals_(signals) {}
    waiting_end(const waiting_end&) = delete;
    waiting_end& operator=(const waiting_end&) = delete;
    ~waiting_end() {
      boost::system::error_code ignored;
      signals_.cancel(ignored);
    }

   private:
    boost::asio::signal_set& signals_;
  };

  /// The signals are not waited for any more when the call has ended.
  template <class T>
  static awaitable<remote_result<T>> ending(awaitable<remote_result<T>> call,
                                            boost::asio::signal_set& signals) {
    const waiting_end end(signals);
    auto result = co_await std::move(call);
    co_return result;
  }

  boost::asio::io_context io_{1};
  std::unique_ptr<clock> time_;
  std::unique_ptr<transport> wire_;
  remote_caller::retry_watch watch_;
  api_client client_;
  tuning_client tuning_;
};

/// The objects of all pages, `limit` at most (0: all). `page_of(after)` is the call for one.
template <class Object, class PageOf>
std::vector<Object> collect(remote_session& session, std::uint64_t limit, PageOf page_of) {
  std::vector<Object> all;
  for (std::string after;;) {
    remote_page<Object> page = session.finish(page_of(after));
    for (Object& object : page.items) {
      if (limit != 0 && all.size() == limit) return all;
      all.push_back(std::move(object));
    }
    if (!page.has_more || page.last_id == after) return all;
    after = page.last_id;
  }
}

/// A table for people, or a JSON object a line.
template <class Object>
void print_list(const std::vector<Object>& objects, bool json, unix_seconds now) {
  if (!json) return fmt::print("{}", table_of(objects, now));
  for (const Object& object : objects) fmt::print("{}\n", json_of(object).line());
}

/// Brings a remote file to `path`: beside it first, so that it is there whole or not at all. What
/// an interrupted call left is gone on with. Says so on standard output. Throws usage_error when
/// something is there, unless it may be replaced.
void fetch(remote_session& session, const remote_file& file, const std::string& path, bool json,
           bool replace);

/// Brings a remote file to standard output, once all of it is here.
void print_content(remote_session& session, const remote_file& file);

/// Uploads a file and returns what the server made of it. Throws usage_error when it is none.
remote_file upload_from(remote_session& session, const upload_order& order);

/// Any text as the name of a file in a folder of the caller's choice.
std::string file_name_of(const std::string& text, const std::string& otherwise);

}  // namespace batchmill::cli
