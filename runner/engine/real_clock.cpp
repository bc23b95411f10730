#include "runner/engine/real_clock.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <unordered_set>

namespace batchmill {
namespace {

using timer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, executor>;

class real_clock final : public clock {
 public:
  explicit real_clock(executor ex) : executor_(ex) {}

  time_point now() const override { return std::chrono::steady_clock::now(); }
  wall_time wall_now() const override { return std::chrono::system_clock::now(); }

  awaitable<void> sleep_until(time_point t) override {
    if (cancelled_ || t <= now()) co_return;
    timer alarm(executor_, t);
    const auto place = sleepers_.insert(&alarm).first;
    boost::system::error_code ignored;  // being woken early is part of the contract
    auto token = boost::asio::redirect_error(boost::asio::use_awaitable_t<executor>(), ignored);
    co_await alarm.async_wait(token);
    sleepers_.erase(place);
  }

  void cancel() override {
    cancelled_ = true;
    for (timer* alarm : sleepers_) alarm->cancel();
  }

 private:
  executor executor_;
  bool cancelled_ = false;
  std::unordered_set<timer*> sleepers_;
};

}  // namespace

std::unique_ptr<clock> make_real_clock(executor ex) {
  return std::make_unique<real_clock>(ex);
}

}  // namespace batchmill
