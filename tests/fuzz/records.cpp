// The records of the row log: whatever stands there, what is read is written and read back alike.
#include "runner/engine/ledger/record.hpp"

#include "tests/fuzz/fuzz_target.hpp"

using namespace batchmill;
using fuzz::require;

namespace {

template <class Record>
std::string payload_of(const Record& record) {
  std::string bytes;
  append_record(record, bytes);
  const auto framed = take_record(bytes);
  require(framed && framed->length == bytes.size(), "a record is taken whole");
  for (std::size_t n = 0; n < bytes.size(); n += 1 + n / 2)
    require(!take_record(std::string_view(bytes).substr(0, n)), "a torn record is none");
  return std::string(framed->payload);
}

}  // namespace

FUZZ_TARGET(fuzz_records) {
  std::string_view rest = input;
  while (const auto record = take_record(rest)) rest.remove_prefix(record->length);
  if (const auto row = read_row(input)) {
    const std::string payload = payload_of(*row);
    const auto back = read_row(payload);
    require(back && back->index == row->index && back->line == row->line &&
                back->labels == row->labels && back->vector == row->vector,
            "a row is read back");
    require(payload_of(*back) == payload, "a row is written alike");
  }
  if (const auto mark = read_commit(input)) {
    const std::string payload = payload_of(*mark);
    const auto back = read_commit(payload);
    require(back && back->position == mark->position && back->counts.ok == mark->counts.ok,
            "a commit is read back");
    require(payload_of(*back) == payload, "a commit is written alike");
  }
}
