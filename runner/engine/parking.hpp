// A place where coroutines wait for something other than time or the network.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "batchmill/awaitable.hpp"

namespace batchmill {

/// Coroutines wait, another one wakes them all. They run on the same executor, and look again at
/// what they wait for. A wake without a waiter is remembered, so that none is lost between the look
/// at a condition and the wait for it.
class parking_spot {
 public:
  explicit parking_spot(executor ex) : executor_(ex) {}
  parking_spot(const parking_spot&) = delete;
  parking_spot& operator=(const parking_spot&) = delete;

  awaitable<void> wait() {
    if (was_woken()) co_return;
    co_await suspend();
  }

  /// `wait` in two parts, which saves a coroutine. Was it woken already? That is forgotten then.
  bool was_woken() { return std::exchange(woken_, false); }

  /// Must follow at once when it was not.
  awaitable<void> suspend() {
    token as_awaitable;
    return boost::asio::async_initiate<token, void()>(
        [this](handler resume) {
          if (waiter_) {
            others_.push_back(std::move(resume));
          } else {
            waiter_.emplace(std::move(resume));
          }
        },
        as_awaitable);
  }

  void wake() {
    if (!waiter_) {
      woken_ = true;
      return;
    }
    auto resume = std::move(*waiter_);
    waiter_.reset();
    boost::asio::post(executor_, std::move(resume));
    for (handler& other : std::exchange(others_, {})) {
      boost::asio::post(executor_, std::move(other));
    }
  }

 private:
  using token = boost::asio::use_awaitable_t<executor>;
  using handler = boost::asio::async_result<token, void()>::handler_type;

  executor executor_;
  std::optional<handler> waiter_;
  std::vector<handler> others_;  // seldom any
  bool woken_ = false;
};

}  // namespace batchmill
