// One line of input, with its place.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace batchmill {

/// What the lines of an input are.
enum class row_format {
  rows,    // a JSON object of the user's own fields, put into the template
  bodies,  // a request body, optionally with `custom_id`
  batch,   // a line of the Batch API's input format
  files,   // no line: each input file is a row, {"custom_id","file"}
};

struct row {
  row() = default;
  row(std::uint64_t i, std::string t, std::shared_ptr<const std::string> f, std::uint64_t l)
      : index(i), text(std::move(t)), file(std::move(f)), line(l) {}

  std::uint64_t index = 0;                  // from 0, over all inputs in order
  std::string text;                         // the line, without its end
  std::shared_ptr<const std::string> file;  // the name as the user wrote it; "-" is standard input
  std::uint64_t line = 0;                   // from 1, within `file`; 0: the file is the row
};

}  // namespace batchmill
