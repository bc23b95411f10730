// Merging with a heap of the possible merges, for pieces whose windows do not fit together.
#include <algorithm>
#include <functional>

#include "jobs/tokens/merge.hpp"

namespace batchmill::tokens {

namespace {

class heap_merge {
 public:
  heap_merge(const vocabulary& words, const byte* p, std::size_t length)
      : words_(words), nodes_(length) {
    for (std::size_t i = 0; i < length; ++i) {
      nodes_[i].id = words.of_byte(p[i]);
      nodes_[i].next = static_cast<std::uint32_t>(i + 1);
      nodes_[i].previous = static_cast<std::uint32_t>(i - 1);
    }
    for (std::size_t i = 0; i + 1 < length; ++i) offer(static_cast<std::uint32_t>(i));
  }

  std::vector<token_id> run() {
    while (!heap_.empty()) {
      std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
      const std::uint64_t best = heap_.back();
      heap_.pop_back();
      const auto at = static_cast<std::uint32_t>(best);
      // Offers that later merges have overtaken are still in the heap.
      if (nodes_[at].rank == best >> 32) merge(at);
    }
    std::vector<token_id> ids;
    for (std::size_t i = 0; i < nodes_.size(); i = nodes_[i].next) ids.push_back(nodes_[i].id);
    return ids;
  }

 private:
  struct node {
    token_id id = no_token;
    token_id rank = no_token;  // of its merge with the next
    std::uint32_t next = 0;
    std::uint32_t previous = 0;
  };

  void offer(std::uint32_t at) {
    node& n = nodes_[at];
    n.rank = n.next < nodes_.size() ? words_.merged(n.id, nodes_[n.next].id) : no_token;
    if (n.rank == no_token) return;
    heap_.push_back(std::uint64_t{n.rank} << 32 | at);
    std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
  }

  void merge(std::uint32_t at) {
    node& n = nodes_[at];
    node& gone = nodes_[n.next];
    n.id = n.rank;
    n.next = gone.next;
    gone.rank = no_token;
    if (n.next < nodes_.size()) nodes_[n.next].previous = at;
    offer(at);
    if (at > 0) offer(n.previous);
  }

  const vocabulary& words_;
  std::vector<node> nodes_;
  std::vector<std::uint64_t> heap_;  // rank, place
};

}  // namespace

std::vector<token_id> merge_with_heap(const vocabulary& words, const byte* p, std::size_t length) {
  return heap_merge(words, p, length).run();
}

}  // namespace batchmill::tokens
