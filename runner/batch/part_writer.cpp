#include "runner/batch/part_writer.hpp"

#include <algorithm>
#include <utility>

namespace batchmill {
namespace {

constexpr std::size_t piece = 1 << 20;

}  // namespace

part_writer::part_writer(const part_paths& paths, batch_part facts)
    : folder_(paths.folder()),
      facts_(std::move(facts)),
      requests_(paths.requests(facts_.number), disk_file::mode::fresh, "part requests"),
      rows_(paths.rows(facts_.number)) {}

bool part_writer::has_room(std::uint64_t bytes, std::uint64_t inputs, std::int64_t tokens,
                           const part_bounds& bounds) const {
  if (facts_.requests == 0) return true;
  return facts_.requests < bounds.requests && facts_.bytes + bytes <= bounds.bytes &&
         inputs_ + inputs <= bounds.inputs &&
         (bounds.tokens == 0 || facts_.tokens + tokens <= bounds.tokens);
}

void part_writer::add(part_row r, std::string_view line) {
  r.asked_as = r.from.index;
  r.request_at = facts_.bytes;
  r.request_length = line.size();
  rows_.add(r);
  places_[r.from.index] = {r.request_at, r.request_length};
  ++facts_.requests;
  facts_.bytes += line.size();
  facts_.tokens += r.tokens;
  facts_.most_cost += r.most_cost;
  facts_.counted_cost += r.counted_cost;
  inputs_ += std::max<std::uint64_t>(1, r.inputs.count);
  text_ += line;
  if (text_.size() >= piece) requests_.write(std::exchange(text_, {}));
}

void part_writer::add_equal(part_row r) {
  const place& asked = places_.at(r.asked_as);
  r.request_at = asked.at;
  r.request_length = asked.length;
  rows_.add(r);
}

batch_part part_writer::close() {
  if (!text_.empty()) requests_.write(std::exchange(text_, {}));
  requests_.sync();
  rows_.finish();
  sync_folder(folder_);
  return facts_;
}

}  // namespace batchmill
