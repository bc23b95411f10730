// A file that is written line by line and becomes a content in the end.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "runner/simulator/files/file_content.hpp"

namespace batchmill::simulator_detail {

class output_spool {
 public:
  void append(std::string_view bytes) {
    buffer_ += bytes;
    if (buffer_.size() >= 64 * 1024) flush();
  }

  /// All that was appended.
  file_content take() {
    flush();
    buffer_.shrink_to_fit();
    return file_ ? file_content(file_, 0, file_->size()) : file_content();
  }

 private:
  void flush() {
    if (buffer_.empty()) return;
    if (!file_) file_ = std::make_shared<temp_file>();
    file_->append(buffer_);
    buffer_.clear();
  }

  std::shared_ptr<temp_file> file_;
  std::string buffer_;
};

}  // namespace batchmill::simulator_detail
