#include "runner/engine/ledger/disk.hpp"

#include <pthread.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace batchmill {
namespace {

std::exception_ptr failure_of(const disk::work& job) {
  try {
    job();
  } catch (...) {
    return std::current_exception();
  }
  return nullptr;
}

class disk_thread final : public disk {
 public:
  explicit disk_thread(executor ex) : executor_(ex) {}

  ~disk_thread() override {
    {
      const std::lock_guard lock(guard_);
      ending_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
  }

  void run(work job, done finished) override {
    if (!thread_.joinable()) start();
    {
      const std::lock_guard lock(guard_);
      next_.emplace(executor_, std::move(job), std::move(finished));
    }
    changed_.notify_one();
  }

 private:
  /// The guard keeps io_context::run from returning while the disk is at work.
  struct task {
    task(executor ex, work j, done f) : job(std::move(j)), finished(std::move(f)), guard(ex) {}

    work job;
    done finished;
    boost::asio::executor_work_guard<executor> guard;
  };

  /// Signals are the engine's business: the thread is born with all of them blocked.
  void start() {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this] { loop(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  void loop() {
    for (;;) {
      std::unique_lock lock(guard_);
      changed_.wait(lock, [this] { return next_ || ending_; });
      if (!next_) return;
      task now = std::move(*next_);
      next_.reset();
      lock.unlock();
      const std::exception_ptr failure = failure_of(now.job);
      boost::asio::post(executor_,
                        [finished = std::move(now.finished), failure] { finished(failure); });
    }
  }

  executor executor_;
  std::mutex guard_;
  std::condition_variable changed_;
  std::optional<task> next_;
  bool ending_ = false;
  std::thread thread_;
};

class inline_disk final : public disk {
 public:
  explicit inline_disk(executor ex) : executor_(ex) {}

  void run(work job, done finished) override {
    const std::exception_ptr failure = failure_of(job);
    boost::asio::post(executor_, [finished = std::move(finished), failure] { finished(failure); });
  }

 private:
  executor executor_;
};

}  // namespace

std::unique_ptr<disk> make_disk_thread(executor ex) {
  return std::make_unique<disk_thread>(ex);
}

std::unique_ptr<disk> make_inline_disk(executor ex) {
  return std::make_unique<inline_disk>(ex);
}

}  // namespace batchmill
