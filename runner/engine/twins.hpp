// Rows whose requests are equal: one of them is sent, the others get its answer.
//
// Those that come while it is under way wait for it. Those that come later find the answer as long
// as it is at hand: the memory for answers is bounded, and the oldest make room. Where they rest
// then is known to resting_answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "batchmill/outcome.hpp"
#include "batchmill/row.hpp"

namespace batchmill {

/// A row that waits for the answer to an equal one.
struct twin {
  twin() = default;
  twin(row r, std::string id) : from(std::move(r)), custom_id(std::move(id)) {}

  row from;
  std::string custom_id;  // raw JSON string
};

class twins {
 public:
  static constexpr std::size_t usual_memory = 32 << 20;

  /// `memory`: bytes of answers that are kept for rows to come.
  explicit twins(std::size_t memory = usual_memory) : memory_(memory) {}

  /// The answer to an equal row, if it is at hand. Valid until the next call of `answered`.
  const outcome* find(std::uint64_t hash) const;

  /// True: an equal row is under way, and `r` was taken to wait for its answer. False: `r` is the
  /// first of its kind and has to be sent; `answered` must follow, unless the run ends.
  bool join(row& r, const std::string& custom_id, std::uint64_t hash);

  /// The first of its kind need not be sent after all; nobody has come to wait for it yet.
  void leave(std::uint64_t hash) { under_way_.erase(hash); }

  /// Takes a row's last word and returns those that waited for it. A success is kept.
  std::vector<twin> answered(std::uint64_t hash, const outcome& result);

  /// Bytes of answers that were not kept, or not any more.
  std::size_t forgotten() const { return forgotten_; }

  /// Texts of the rows that wait.
  std::size_t bytes_waiting() const { return bytes_waiting_; }

 private:
  void keep(std::uint64_t hash, const outcome& result);

  std::size_t memory_;
  std::size_t bytes_waiting_ = 0;
  std::size_t bytes_kept_ = 0;
  std::size_t forgotten_ = 0;
  std::unordered_map<std::uint64_t, std::vector<twin>> under_way_;
  std::unordered_map<std::uint64_t, outcome> kept_;
  std::deque<std::uint64_t> oldest_;  // of what is kept
};

/// The same last word for another row, which costs nothing.
outcome as_twin(outcome result, std::string custom_id);

}  // namespace batchmill
