// Bytes that nobody changes any more: copies share them.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace batchmill {

class shared_bytes {
 public:
  shared_bytes() = default;

  shared_bytes(std::string bytes) {
    if (bytes.empty()) return;
    const auto owner = std::make_shared<const std::string>(std::move(bytes));
    view_ = *owner;
    owner_ = owner;
  }

  /// Part of what `owner` holds, and keeps as long as there is a copy of this.
  shared_bytes(std::shared_ptr<const void> owner, std::string_view part)
      : owner_(std::move(owner)), view_(part) {}

  std::string_view view() const { return view_; }
  std::size_t size() const { return view_.size(); }
  bool empty() const { return view_.empty(); }

  friend bool operator==(const shared_bytes& a, const shared_bytes& b) {
    return a.view_ == b.view_;
  }

 private:
  std::shared_ptr<const void> owner_;
  std::string_view view_;
};

}  // namespace batchmill
