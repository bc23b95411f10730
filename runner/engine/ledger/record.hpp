// The records of the row log as bytes: length, checksum, type, payload.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runner/engine/ledger/finished_row.hpp"

namespace batchmill {

/// How far the output had come at the end of a tick.
///
/// It stands in the log and not in the SQLite file: a transaction there writes several pages, which
/// at every tick would cost more bytes than the rows of a small tick have.
struct commit_mark {
  commit_mark() = default;

  std::uint64_t position = 0;       // rows in the output
  std::uint64_t output_length = 0;  // bytes
  std::uint64_t failed_length = 0;
  row_counts counts;  // over the rows in the output
};

/// What a file of records begins with.
inline constexpr std::string_view log_magic = "batchmill log 1\n";

/// Length of what stands before a record's payload.
inline constexpr std::size_t record_head = 9;

enum class record_type : char { row = 'r', commit = 'c' };

void append_record(const finished_row& row, std::string& out);
void append_record(const commit_mark& mark, std::string& out);

/// A record that was found intact.
struct raw_record {
  record_type type;
  std::string_view payload;
  std::size_t length;  // head included
};

/// The record at the front of `bytes`; nothing when it is incomplete or damaged.
std::optional<raw_record> take_record(std::string_view bytes);

/// How long the record claims to be whose first bytes these are; 0 when it cannot be one.
std::uint64_t claimed_length(std::string_view head);

std::optional<finished_row> read_row(std::string_view payload);
std::optional<commit_mark> read_commit(std::string_view payload);

}  // namespace batchmill
