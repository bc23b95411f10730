// Whole runs through the Batch API in fake time: one process after the other on the same files.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "batchmill/json_text.hpp"
#include "runner/batch/conductor.hpp"
#include "tests/fakes/fake_batch_api.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/fakes/scripted_transport.hpp"
#include "tests/support/temporary_folder.hpp"

namespace batchmill::testing {

/// Rows are objects, and their own bodies. The status of an answer says what it means.
class object_job final : public row_job {
 public:
  boost::system::result<prepared_request, row_failure> prepare(const row& r) const override {
    prepared_request prepared;
    prepared.custom_id = '"' + std::string("id-") + std::to_string(r.index) + '"';
    if (r.text == "bad") return row_failure(prepared.custom_id, "invalid_row", "the row is bad");
    prepared.request = http_request("POST", "/v1/chat/completions", r.text);
    prepared.prompt_tokens = 10;
    prepared.most_prompt_tokens = most_prompt;
    prepared.prompt_exact = exact;
    prepared.max_output_tokens = most_output;
    prepared.output_bounded = most_output > 0;
    prepared.answered_alike = true;
    const auto model = json::member(r.text, "model");
    if (model) prepared.model = json::unquote(*model).value_or("");
    return prepared;
  }

  reading read(http_response response) const override {
    reading what;
    what.body = std::move(response.body);
    what.kind = response.status == 200   ? answer_kind::success
                : response.status >= 500 ? answer_kind::transient
                                         : answer_kind::row_failed;
    if (what.kind != answer_kind::success) what.code = "refused";
    what.tokens.total = 10;
    what.tokens.prompt = number(what.body, "prompt_tokens");
    what.tokens.completion = number(what.body, "completion_tokens");
    return what;
  }

  bool exact = false;
  std::int64_t most_prompt = 0;
  std::int64_t most_output = 0;  // 0: not bounded

 private:
  static std::int64_t number(const std::string& body, std::string_view name) {
    return std::stoll(std::string(json::member(body, name).value_or("0")));
  }
};

/// Answers that say what they used.
inline fake_batch_server::answers stating(std::int64_t prompt, std::int64_t completion) {
  return [=](const std::string&, unsigned) {
    return std::pair(200, R"({"prompt_tokens":)" + std::to_string(prompt) +
                              R"(,"completion_tokens":)" + std::to_string(completion) + "}");
  };
}

class batch_run {
 public:
  /// Rows {"n":0}, {"n":1}, ...
  explicit batch_run(unsigned rows) {
    std::string text;
    for (unsigned i = 0; i < rows; ++i) text += R"({"n":)" + std::to_string(i) + "}\n";
    set_input(text);
  }

  /// Rows of a model that has a price.
  void set_priced_input(unsigned count) {
    std::string text;
    for (unsigned i = 0; i < count; ++i) {
      text += R"({"n":)" + std::to_string(i) + R"(,"model":"gpt-4o-mini"})" + "\n";
    }
    set_input(text);
    money.models = &model_catalogue::known();
  }

  void set_input(const std::string& text) { spec.input.paths = {folder.write("in.jsonl", text)}; }

  /// A process, from its begin to its end. False: it was killed.
  bool process() {
    time.revive();
    rows.emplace(spec, 0);
    std::filesystem::create_directories(paths.folder);
    found = recover(paths, output_format::batch);
    files.emplace(paths, found, limits.segment);
    writer.emplace(io.get_executor(), *worker, *files, found, limits);
    const part_paths parts(paths.folder);
    part_book book(parts.book());
    fake_batch_api api(server, time);
    scripted_transport wire(
        time, [](auto&, unsigned) { return transport_error(); },
        [](auto&, unsigned) { return duration::zero(); });
    scheduler_parts engine_parts{spec, job,      *rows,        *writer, wire,
                                 time, *watcher, found.counts, nullptr, nullptr};
    engine_parts.money = money;
    conductor engine(io.get_executor(), engine_parts, api, book, parts, terms, 7);
    if (at_begin) at_begin(engine);
    try {
      run_in_fake_time(io, time, engine.run(), std::chrono::hours(24 * 7));
    } catch (const killed&) {
      return false;
    }
    summary = engine.summary();
    online = engine.leaves_rows_online();
    left = book.load();
    return true;
  }

  std::vector<std::string> output() const {
    std::vector<std::string> lines;
    std::istringstream in(folder.read("out.jsonl"));
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
  }

  /// How many lines are those of the rows from 0 on, each with the answer to itself.
  std::size_t in_order() const {
    const auto lines = output();
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (json::member(lines[i], "custom_id") != "\"id-" + std::to_string(i) + '"') return i;
    }
    return lines.size();
  }

  std::size_t right_answers() const {
    const auto lines = output();
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::string own = R"("body":{"n":)" + std::to_string(i) + "}";
      if (lines[i].find(own) == std::string::npos) return i;
    }
    return lines.size();
  }

  job_spec spec;
  ledger_limits limits;
  batch_terms terms;
  purse_parts money;
  temporary_folder folder;
  boost::asio::io_context io{1};
  fake_clock time{io.get_executor()};
  fake_batch_server server;
  object_job job;
  run_observer observer;
  run_observer* watcher = &observer;
  std::function<void(conductor&)> at_begin;
  ledger_paths paths{folder.path("out.jsonl"), folder.path("failed.jsonl")};
  std::unique_ptr<disk> worker = make_inline_disk(io.get_executor());
  recovered found;
  std::optional<row_source> rows;
  std::optional<journal> files;
  std::optional<ledger> writer;
  run_summary summary;
  bool online = false;
  std::vector<batch_part> left;
};

}  // namespace batchmill::testing
