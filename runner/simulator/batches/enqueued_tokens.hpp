// The tokens of unfinished batches, which are limited for each model.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace batchmill::simulator_detail {

class enqueued_tokens {
 public:
  /// `limit` 0: none.
  explicit enqueued_tokens(std::int64_t limit) : limit_(limit) {}

  bool is_limited() const { return limit_ > 0; }

  /// A batch comes. False when its tokens are too many; then nothing changes.
  bool enter(const std::string& batch, const std::string& model, std::int64_t tokens);

  /// A batch ends; if it came.
  void leave(const std::string& batch);

  std::string refusal_text(std::string_view model) const;

 private:
  struct entry {
    std::string model;
    std::int64_t tokens = 0;
  };

  std::int64_t limit_;
  std::map<std::string, entry> batches_;
};

}  // namespace batchmill::simulator_detail
