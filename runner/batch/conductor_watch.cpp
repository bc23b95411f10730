// How the conductor learns what becomes of its batches: seldom, and by one call for all of them.
#include <random>

#include "runner/batch/batch_tags.hpp"
#include "runner/batch/followed.hpp"

namespace batchmill {
namespace {

constexpr unsigned page = 100;

}  // namespace

awaitable<void> conductor::watch() {
  while (!finished_ && !ending()) {
    co_await look_out_.wait();
    if (finished_ || ending() || parts_.time.now() < next_look_) continue;
    std::vector<std::string> ids;
    for (const auto& [number, f] : followed_) {
      if (f->facts.is_remote()) ids.push_back(f->facts.batch_id);
    }
    const bool search = searches();
    if (search) co_await look_for_ours();
    if (!search && ids.size() == 1) co_await look_at(ids.front());
    if (!search && ids.size() > 1) co_await look_through_list();
    const double random = std::uniform_real_distribution<double>()(random_);
    next_look_ = parts_.time.now() + pace_.next(random);
  }
}

awaitable<void> conductor::look_at(std::string id) {
  auto found = co_await api_.batch(id);
  if (found) {
    seen(*found);
  } else {
    suffer(found.error(), "cannot look at batch " + id);
  }
}

/// The newest come first, so ours stand on the first pages. What is not found there is asked for by
/// itself.
awaitable<void> conductor::look_through_list() {
  std::vector<std::string> left;
  for (const auto& [number, f] : followed_) {
    if (f->facts.is_remote()) left.push_back(f->facts.batch_id);
  }
  std::string after;
  std::vector<remote_batch> ours;
  for (std::size_t pages = left.size() / page + 3; pages > 0 && !left.empty(); --pages) {
    auto list = co_await api_.list_batches(after, page);
    if (!list) {
      suffer(list.error(), "cannot list the batches");
      co_return;
    }
    for (const remote_batch& b : list->items) {
      std::erase(left, b.id);
      seen(b);
      if (b.tag(run_tag) == terms_.run_id) ours.push_back(b);
    }
    if (!list->has_more) break;
    after = list->last_id;
  }
  co_await end_duplicates(std::move(ours));
  for (const std::string& id : left) {
    if (ending()) co_return;
    co_await look_at(id);
  }
}

void conductor::seen(const remote_batch& b) {
  for (auto& [number, f] : followed_) {
    batch_part& facts = f->facts;
    if (!facts.is_remote() || facts.batch_id != b.id) continue;
    const bool moved = facts.status != b.status_text;
    const bool counted = facts.answered != b.counts.completed || facts.refused != b.counts.failed;
    facts.status = b.status_text;
    facts.answered = b.counts.completed;
    facts.refused = b.counts.failed;
    if (b.status != batch_status::validating && b.status != batch_status::failed) {
      refusals_in_a_row_ = 0;
    }
    if (b.expires_at != 0) facts.expires_at = b.expires_at;
    f->seen = b;
    if (moved || counted) book_.save({&facts});
    if (moved) pace_.restart();
    f->spot.wake();
  }
}

}  // namespace batchmill
