#include "runner/batch/part_row.hpp"

#include <fmt/format.h>

#include <iterator>
#include <sstream>
#include <utility>

#include "batchmill/error.hpp"

namespace batchmill {
namespace {

constexpr std::size_t piece = 256 << 10;
constexpr std::size_t longest_row = std::size_t{1} << 31;

struct lengths {
  std::size_t id = 0;
  std::size_t file = 0;
  std::size_t text = 0;
};

/// All numbers of a row, on a line of their own.
std::string to_header(const part_row& r) {
  return fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}\n",
                     r.from.index, r.asked_as, r.hash, r.from.line, r.request_at, r.request_length,
                     r.inputs.at, r.inputs.length, r.inputs.count, r.inputs.note, r.tokens,
                     r.tokens_exact ? 1 : 0, r.most_cost, r.counted_cost, r.price_factor,
                     r.spent.prompt, r.spent.completion, r.spent.total, r.spent.cached,
                     r.spent.reasoning, r.custom_id.size(), r.from.file ? r.from.file->size() : 0,
                     r.from.text.size());
}

bool read_header(const std::string& line, part_row& r, lengths& l) {
  std::istringstream numbers(line);
  unsigned note = 0;
  numbers >> r.from.index >> r.asked_as >> r.hash >> r.from.line >> r.request_at >>
      r.request_length >> r.inputs.at >> r.inputs.length >> r.inputs.count >> note >> r.tokens >>
      r.tokens_exact >> r.most_cost >> r.counted_cost >> r.price_factor >> r.spent.prompt >>
      r.spent.completion >> r.spent.total >> r.spent.cached >> r.spent.reasoning >> l.id >>
      l.file >> l.text;
  r.inputs.note = static_cast<unsigned char>(note);
  return !numbers.fail() && l.id < longest_row && l.file < longest_row && l.text < longest_row;
}

}  // namespace

part_row_writer::part_row_writer(const std::string& path)
    : file_(path, disk_file::mode::fresh, "part rows") {}

void part_row_writer::add(const part_row& r) {
  text_ += to_header(r);
  text_ += r.custom_id;
  if (r.from.file) text_ += *r.from.file;
  text_ += r.from.text;
  text_ += '\n';
  if (text_.size() >= piece) file_.write(std::exchange(text_, {}));
}

void part_row_writer::finish() {
  if (!text_.empty()) file_.write(std::exchange(text_, {}));
  file_.sync();
}

part_row_reader::part_row_reader(const std::string& path)
    : path_(path), file_(path, std::ios::binary) {
  if (!file_) throw run_error("cannot read " + path);
}

std::optional<part_row> part_row_reader::next() {
  std::string header;
  if (!std::getline(file_, header)) return std::nullopt;
  part_row r;
  lengths l;
  bool good = read_header(header, r, l);
  const auto take = [&](std::size_t length) {
    std::string text(length, '\0');
    good = good && file_.read(text.data(), static_cast<std::streamsize>(length));
    return text;
  };
  if (good) {
    r.custom_id = take(l.id);
    std::string name = take(l.file);
    if (!name_ || *name_ != name) name_ = std::make_shared<const std::string>(std::move(name));
    r.from.file = name_;
    r.from.text = take(l.text);
  }
  if (!good || file_.get() != '\n') throw run_error(path_ + " is damaged");
  return r;
}

}  // namespace batchmill
