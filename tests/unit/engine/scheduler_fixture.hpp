// A whole run over rows "row 0", "row 1", ... in fake time, against a scripted server.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "batchmill/json_text.hpp"
#include "runner/engine/scheduler.hpp"
#include "tests/fakes/echo_job.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/fakes/scripted_transport.hpp"
#include "tests/support/temporary_folder.hpp"

namespace batchmill::testing {

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

inline attempt_result ok() {
  return http_response(200, "", R"({"ok":true})");
}

inline http_response status(int code, std::string head = "") {
  return http_response(code, std::move(head), R"({"error":{}})");
}

class scheduler_fixture {
 public:
  explicit scheduler_fixture(unsigned rows) {
    std::string text;
    for (unsigned i = 0; i < rows; ++i) text += "row " + std::to_string(i) + "\n";
    spec.input.paths = {folder.write("in.jsonl", text)};
    spec.retry.initial_delay = std::chrono::milliseconds(10);
    spec.limits.concurrency = 50;
  }

  void run(scripted_transport::script answers, scripted_transport::delay takes) {
    wire = std::make_unique<scripted_transport>(time, std::move(answers), std::move(takes));
    wire->way = way;
    rows.emplace(spec, 0);
    open_ledger();
    engine.emplace(
        io.get_executor(),
        scheduler_parts{spec, *job_, *rows, *writer, *wire, time, *observer_, found.counts,
                        kept.get(), nullptr, nullptr, files_elsewhere, nullptr, paid},
        7);
    run_in_fake_time(io, time, engine->run());
    summary = engine->summary();
  }

  /// Instead of `job`; must outlive the runs.
  void run_another(const row_job& other) { job_ = &other; }

  /// `o` must outlive the runs.
  void listen_with(run_observer& o) { observer_ = &o; }

  /// As a new process does.
  void open_ledger() {
    std::filesystem::create_directory(paths.folder);
    found = recover(paths, output_format::batch);
    files.emplace(paths, found, limits.segment);
    writer.emplace(io.get_executor(), *worker, *files, found, limits);
  }

  std::vector<std::string> output_lines() { return lines_of(folder.read("out.jsonl")); }

  /// The custom_ids of the output, checked to be the row numbers from 0 on.
  std::size_t rows_in_order() {
    const auto lines = output_lines();
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (json::member(lines[i], "custom_id") != '"' + std::to_string(i) + '"') return i;
    }
    return lines.size();
  }

  job_spec spec;
  ledger_limits limits;
  temporary_folder folder;
  boost::asio::io_context io{1};
  fake_clock time{io.get_executor()};
  echo_job job;
  std::function<std::optional<transport_error>()> way;
  std::unique_ptr<scripted_transport> wire;
  std::optional<row_source> rows;
  ledger_paths paths{folder.path("out.jsonl"), folder.path("failed.jsonl")};
  std::unique_ptr<disk> worker = make_inline_disk(io.get_executor());
  recovered found;
  std::optional<journal> files;
  std::optional<ledger> writer;
  std::unique_ptr<kept_results> kept;
  file_source* files_elsewhere = nullptr;
  paid_answers* paid = nullptr;
  std::optional<scheduler> engine;
  run_summary summary;

 private:
  const row_job* job_ = &job;
  run_observer silent_;
  run_observer* observer_ = &silent_;
};

/// Latencies between 1 and 1000 ms that look random and never change.
inline duration scattered(const http_request& request, unsigned before) {
  return std::chrono::milliseconds(1 + std::hash<std::string>()(request.body) % 997 + before);
}

inline duration quick(const http_request&, unsigned) {
  return std::chrono::milliseconds(10);
}

}  // namespace batchmill::testing
