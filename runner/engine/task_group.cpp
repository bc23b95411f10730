#include "runner/engine/task_group.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace batchmill {

task_group::task_group(executor ex, std::function<void()> on_failure)
    : executor_(ex), on_failure_(std::move(on_failure)), all_ended_(ex) {}

void task_group::spawn(awaitable<void> task) {
  ++running_;
  boost::asio::co_spawn(executor_, std::move(task),
                        [this](std::exception_ptr failure) { ended(failure); });
}

awaitable<void> task_group::join() {
  while (running_ > 0) co_await all_ended_.wait();
  if (failure_) std::rethrow_exception(failure_);
}

awaitable<void> task_group::yield() {
  co_await boost::asio::post(executor_, boost::asio::use_awaitable_t<executor>());
}

void task_group::ended(std::exception_ptr failure) {
  --running_;
  if (failure && !failure_) {
    failure_ = failure;
    on_failure_();
  }
  if (running_ == 0) all_ended_.wake();
}

}  // namespace batchmill
