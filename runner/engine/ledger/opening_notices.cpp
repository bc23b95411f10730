#include "runner/engine/ledger/opening_notices.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "batchmill/grouped_number.hpp"

namespace batchmill::opening_notices {
namespace {

std::string rows_text(std::uint64_t n) {
  return with_separators(n) + (n == 1 ? " row" : " rows");
}

std::string is_are(std::uint64_t n) {
  return n == 1 ? " is" : " are";
}

std::string file_name(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

}  // namespace

std::string moved_aside(const std::string& output, const std::string& to) {
  return fmt::format("{} was moved aside to {}", file_name(output), to);
}

std::string rows_lost(std::uint64_t lost, std::uint64_t left, const std::string& output) {
  return fmt::format(
      "{} of the {} in {} are gone from it; those that the ledger does not have are asked again",
      with_separators(lost), rows_text(lost + left), output);
}

std::string rebuilt_from_output(const std::string& output, std::uint64_t rows) {
  return fmt::format(
      "the ledger of {} cannot be read; it was rebuilt from the output, which holds {}",
      file_name(output), rows_text(rows));
}

std::string failed_rewritten(const std::string& failed, std::uint64_t rows) {
  return fmt::format("{} does not hold the rows that failed so far; it was written anew with {}",
                     file_name(failed), rows_text(rows));
}

std::string failed_incomplete(const std::string& failed) {
  return fmt::format(
      "{} does not hold the rows that failed so far, and an input that comes through a pipe cannot "
      "be read again for them; it is continued with those that fail from now on",
      file_name(failed));
}

std::string complete(const std::string& output, std::uint64_t rows, std::uint64_t failed) {
  const std::string also = failed == 0 ? ""
                                       : fmt::format(", {} failed: --retry-failed asks those again",
                                                     with_separators(failed));
  return fmt::format("{} is complete ({}{}); --fresh runs it again", output, rows_text(rows), also);
}

std::string resuming(std::uint64_t finished, const input_comparison& input) {
  const std::uint64_t left = input.rows > finished ? input.rows - finished : 0;
  const std::string rest = left == 0 ? ""
                                     : fmt::format(", {}{}{} left", input.exact ? "" : "about ",
                                                   with_separators(left), is_are(left));
  return fmt::format("resuming: {}{} kept{}", rows_text(finished), is_are(finished), rest);
}

std::string reusing(std::uint64_t kept, std::uint64_t asked) {
  return fmt::format("reusing: {}{} kept, {} asked", rows_text(kept), is_are(kept),
                     with_separators(asked));
}

std::string rows_of_another(const std::string& where, const std::string& output) {
  return fmt::format(
      "{}: {} exists already and its rows are not those of this input; --fresh moves it aside, "
      "--output names another file",
      where, output);
}

std::string changed_after_end(const std::string& where, const std::string& output) {
  return fmt::format(
      "{}: {} is complete, but the spec or the input changed since, and its ledger was removed, so "
      "unchanged rows cannot be told from changed ones; --fresh moves it aside and runs all rows "
      "(output.keep_ledger: true keeps the ledger for --reuse)",
      where, output);
}

std::string format_changed(const std::string& where) {
  return fmt::format(
      "{}: output.format changed, and the earlier results cannot be rewritten in another one; "
      "--fresh moves them aside",
      where);
}

std::string numbers_changed(const std::string& where, const std::string& matrix) {
  return fmt::format(
      "{}: {} holds numbers of another type, and they cannot be rewritten; --fresh moves it aside",
      where, matrix);
}

std::string choice(const std::string& where, const std::string& change, const std::string& output) {
  return fmt::format(
      "{}: {} since {} was begun; --reuse keeps the results of rows whose request is unchanged and "
      "asks the others, --fresh moves the output aside and asks all",
      where, change, output);
}

std::string rows_missing(std::uint64_t missing) {
  return fmt::format("the input shrank: {} of its finished rows are gone",
                     with_separators(missing));
}

std::string rows_differ(const std::string& keys, const input_comparison& input,
                        std::uint64_t finished) {
  return fmt::format("{} changed: {} of {} finished have another request now (first: row {})",
                     keys.empty() ? "the input" : keys + " of the spec",
                     with_separators(input.differing), rows_text(finished), input.first + 1);
}

}  // namespace batchmill::opening_notices
