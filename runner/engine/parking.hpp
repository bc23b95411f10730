// A place where coroutines wait for something other than time or the network.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>

#include "batchmill/awaitable.hpp"

namespace batchmill {

/// One coroutine waits, another wakes it. Both run on the same executor. A wake without a waiter is
/// remembered, so that none is lost between the look at a condition and the wait for it.
class parking_spot {
 public:
  explicit parking_spot(executor ex) : executor_(ex) {}
  parking_spot(const parking_spot&) = delete;
  parking_spot& operator=(const parking_spot&) = delete;

  awaitable<void> wait() {
    if (std::exchange(woken_, false)) co_return;
    co_await suspend();
  }

  void wake() {
    if (!waiter_) {
      woken_ = true;
      return;
    }
    auto resume = std::move(*waiter_);
    waiter_.reset();
    boost::asio::post(executor_, std::move(resume));
  }

 private:
  using token = boost::asio::use_awaitable_t<executor>;
  using handler = boost::asio::async_result<token, void()>::handler_type;

  awaitable<void> suspend() {
    token as_awaitable;
    return boost::asio::async_initiate<token, void()>(
        [this](handler resume) { waiter_.emplace(std::move(resume)); }, as_awaitable);
  }

  executor executor_;
  std::optional<handler> waiter_;
  bool woken_ = false;
};

}  // namespace batchmill
