#include "runner/engine/ledger/matrix_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <optional>
#include <utility>

namespace batchmill {
namespace {

constexpr std::size_t header_size = 128;
constexpr std::string_view magic("\x93NUMPY\x01\x00\x76\x00", 10);  // version 1.0, 118 bytes follow

// Beyond them a header is damaged: no embedding is as long, no run has as many rows.
constexpr std::uint64_t most_columns = 1 << 24;
constexpr std::uint64_t most_rows = std::uint64_t{1} << 36;

std::uint64_t size_of(number_type numbers) {
  return numbers == number_type::float32 ? 4 : 2;
}

std::string_view name_of(number_type numbers) {
  return numbers == number_type::float32 ? "<f4" : "<f2";
}

std::string nan_record(std::uint64_t bytes, number_type numbers) {
  const std::string_view one = numbers == number_type::float32
                                   ? std::string_view("\x00\x00\xC0\x7F", 4)
                                   : std::string_view("\x00\x7E", 2);
  std::string record;
  while (record.size() < bytes) record += one;
  return record;
}

std::string header(number_type numbers, std::uint64_t rows, std::uint64_t columns) {
  std::string text(magic);
  text += fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}, {}), }}",
                      name_of(numbers), rows, columns);
  text.resize(header_size - 1, ' ');
  return text + '\n';
}

struct shape {
  std::uint64_t rows = 0;
  std::uint64_t record = 0;  // bytes
};

bool is_null(const std::string& record, number_type numbers) {
  return record == nan_record(record.size(), numbers);
}

std::optional<shape> read_shape(const disk_file& file, number_type numbers) {
  std::array<char, header_size> space{};
  const std::string_view text(space.data(), file.read_at(0, space));
  const std::string start =
      std::string(magic) +
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': (", name_of(numbers));
  if (text.size() < header_size || !text.starts_with(start)) return std::nullopt;
  shape found;
  std::uint64_t columns = 0;
  const char* end = text.data() + text.size();
  const auto rows = std::from_chars(text.data() + start.size(), end, found.rows);
  if (rows.ec != std::errc() || end - rows.ptr < 2) return std::nullopt;
  const auto rest = std::from_chars(rows.ptr + 2, end, columns);  // behind ", "
  if (rest.ec != std::errc() || columns > most_columns || found.rows > most_rows)
    return std::nullopt;
  found.record = columns * size_of(numbers);
  return found;
}

}  // namespace

matrix_file::matrix_file(const std::string& path, number_type numbers, std::uint64_t rows)
    : file_(path, disk_file::mode::in_place, "matrix", readable_by_others), numbers_(numbers) {
  const auto found = read_shape(file_, numbers);
  if (rows > 0 && rows_of_matrix(path, numbers) < rows) {
    throw run_error(fmt::format("{} holds fewer rows than the lines beside it", path));
  }
  rows_ = durable_rows_ = rows;
  if (found && rows > 0) record_ = durable_record_ = found->record;
  cut();
}

/// To the rows that there are.
void matrix_file::cut() {
  const std::uint64_t length = header_size + rows_ * record_;
  file_.resize(length);
  file_.write_at(0, header(numbers_, rows_, record_ / size_of(numbers_)));
  records_.begin(length);
}

void matrix_file::add(std::string_view record) {
  if (record_ == 0 && !record.empty()) {
    record_ = record.size();
    const std::string none = nan_record(record_, numbers_);
    for (std::uint64_t i = 0; i < rows_; ++i) records_.append(none, file_);
  }
  if (!record.empty() && record.size() != record_) {
    throw run_error(
        fmt::format("row {} has an embedding of {} numbers, but those before have {}; a "
                    "matrix needs rows of one length",
                    rows_, record.size() / size_of(numbers_), record_ / size_of(numbers_)));
  }
  ++rows_;
  if (record.empty()) {
    records_.append(nan_record(record_, numbers_), file_);
  } else {
    records_.append(record, file_);
  }
}

void matrix_file::commit() {
  if (rows_ == durable_rows_) return;
  records_.flush(file_);
  file_.write_at(0, header(numbers_, rows_, record_ / size_of(numbers_)));
  file_.sync();
  durable_rows_ = rows_;
  durable_record_ = record_;
}

void matrix_file::roll_back() {
  rows_ = durable_rows_;
  record_ = durable_record_;
  cut();
}

std::uint64_t rows_of_matrix(const std::string& path, number_type numbers) {
  if (!std::filesystem::is_regular_file(path)) return 0;
  const disk_file file(path, disk_file::mode::read, "matrix");
  const auto found = read_shape(file, numbers);
  if (!found) return 0;
  if (found->record == 0) return found->rows;
  return (file.size() - header_size) / found->record;
}

std::string read_matrix_row(const disk_file& matrix, std::uint64_t row) {
  for (const number_type numbers : {number_type::float32, number_type::float16}) {
    const auto found = read_shape(matrix, numbers);
    if (!found) continue;
    if (matrix.size() < header_size + (row + 1) * found->record) return {};
    std::string record(found->record, '\0');
    const std::size_t held = matrix.read_at(header_size + row * found->record, record);
    if (held < record.size() || is_null(record, numbers)) return {};
    return record;
  }
  return {};
}

}  // namespace batchmill
