// A ledger on real files, driven by hand: what a process does between two crashes.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "runner/engine/ledger/ledger.hpp"
#include "tests/support/run_coroutine.hpp"

namespace batchmill::testing {

inline std::string line_of(std::uint64_t index) {
  const std::string n = std::to_string(index);
  return R"({"id":"batch_req_)" + n + R"(","custom_id":")" + n +
         R"(","response":{"status_code":200,"request_id":null,"body":{"n":)" + n +
         R"(,"usage":{"total_tokens":10}}},"error":null})";
}

/// Row `index`, answered; with `failed`, refused by the server.
inline finished_row row_of(std::uint64_t index, bool failed = false) {
  finished_row row;
  row.index = index;
  row.hash = 1000 + index;
  row.ok = !failed;
  row.attempts = 1;
  row.tokens.total = 10;
  row.line = line_of(index);
  if (failed) row.reason = "400 bad";
  if (failed) row.failed_input = "input " + std::to_string(index);
  return row;
}

class ledger_run {
 public:
  explicit ledger_run(const ledger_paths& paths, const ledger_limits& limits = {})
      : found(recover(paths, output_format::batch)),
        files(paths, found, limits.segment),
        worker(make_inline_disk(io.get_executor())),
        book(io.get_executor(), *worker, files, found, limits) {}

  void tick() {
    book.tick();
    pump();
  }

  void pump() {
    io.restart();
    io.poll();
  }

  void settle() {
    io.restart();
    run_coroutine(io, book.settle());
  }

  boost::asio::io_context io{1};
  recovered found;
  journal files;
  std::unique_ptr<disk> worker;
  ledger book;
};

}  // namespace batchmill::testing
