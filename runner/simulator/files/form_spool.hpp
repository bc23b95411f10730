// A form that goes to disk as it arrives: files of hundreds of megabytes never lie in memory.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runner/simulator/files/temp_file.hpp"
#include "runner/simulator/multipart.hpp"

namespace batchmill::simulator_detail {

class form_spool {
 public:
  /// `boundary` is empty when the request names none: what arrives is no form then.
  explicit form_spool(std::string_view boundary);

  void put(std::string_view bytes);

  /// Files and long fields become contents, the rest is read.
  refusal parse(form_data& form) const;

 private:
  void find(std::string_view bytes, std::int64_t at);
  refusal read_part(std::int64_t begin, std::int64_t end, form_data& form) const;
  std::string text(std::int64_t begin, std::int64_t end) const;

  std::string delimiter_;  // with the line end before it
  std::string tail_;       // the last bytes, in which a delimiter may have begun
  std::shared_ptr<temp_file> file_;
  std::vector<std::int64_t> delimiters_;  // where they begin: the first before the file
};

}  // namespace batchmill::simulator_detail
