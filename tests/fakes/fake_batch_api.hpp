// A server of files and batches in memory, which outlives the clients that are killed beside it.
#pragma once

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "batchmill/clock.hpp"
#include "batchmill/json_text.hpp"
#include "runner/batch/request_line.hpp"
#include "runner/remote/remote_api.hpp"

namespace batchmill::testing {

/// Thrown where a test lets the process die.
struct killed {};

struct fake_batch_server {
  struct file {
    std::string name;
    std::string text;
  };

  struct entry {
    remote_batch what;
    std::vector<std::string> lines;
    time_point ends;
    time_point listed;
  };

  using answers =
      std::function<std::pair<int, std::string>(const std::string& body, unsigned before)>;
  using checks = std::function<std::vector<batch_problem>(const entry&)>;

  // What it has.
  std::map<std::string, file> files;
  std::vector<entry> batches;
  std::map<std::string, unsigned> executed;  // by body
  unsigned calls = 0;
  unsigned files_made = 0;
  unsigned uploads = 0;
  unsigned downloads = 0;

  // How it behaves.
  duration takes = std::chrono::minutes(10);
  answers answer = [](const std::string& body, unsigned) { return std::pair(200, body); };
  checks check = [](const entry&) { return std::vector<batch_problem>(); };
  std::function<bool(const entry&)> expires = [](const entry&) { return false; };
  std::size_t done_when_expired = 0;  // lines
  duration appear_late{};             // the first batch is listed so late, its answer lost
  bool lose_outputs = false;
  bool lose_upload = false;  // the first file is listed only after the second, its answer lost
  std::string die_at;        // "create.before:1": the first time this comes up
  std::map<std::string, unsigned> passed;

  void come_to(const std::string& point) {
    const std::string hit = point + ':' + std::to_string(++passed[point]);
    if (hit == die_at) throw killed();
  }

  std::size_t total_executed() const {
    std::size_t sum = 0;
    for (const auto& [body, times] : executed) sum += times;
    return sum;
  }

  void look(time_point now) {
    for (entry& e : batches) {
      if (is_final(e.what.status)) continue;
      if (e.what.status == batch_status::validating) {
        e.what.problems = check(e);
        set(e, e.what.problems.empty() ? batch_status::in_progress : batch_status::failed);
      }
      if (e.what.status == batch_status::in_progress && now >= e.ends) {
        const bool late = expires(e);
        e.what.counts.completed = late ? done_when_expired : e.lines.size();
        conclude(e, late ? batch_status::expired : batch_status::completed,
                 late ? done_when_expired : e.lines.size());
      }
      if (e.what.status == batch_status::cancelling) {
        e.what.counts.completed = e.lines.size() / 3;
        conclude(e, batch_status::cancelled, e.lines.size() / 3);
      }
    }
  }

  static void set(entry& e, batch_status status) {
    e.what.status = status;
    e.what.status_text = to_string(status);
  }

  std::string add_file(std::string name, std::string text) {
    const std::string id = "file-" + std::to_string(++files_made);
    files[id] = {std::move(name), std::move(text)};
    return id;
  }

 private:
  /// Answers the first so many lines and writes the files, the newest first.
  void conclude(entry& e, batch_status status, std::size_t count) {
    std::string good;
    std::string bad;
    for (std::size_t i = e.lines.size(); i-- > 0;) {
      const std::string& line = e.lines[i];
      const std::string id(json::member(line, "custom_id").value_or(""));
      if (i >= count) {
        bad += R"({"id":"b","custom_id":)" + id +
               R"(,"response":null,"error":{"code":"batch_expired","message":"too late"}})" + "\n";
        continue;
      }
      const std::string body(body_of_request_line(line));
      const auto [code, text] = answer(body, executed[body]++);
      (code == 200 ? good : bad) += R"({"id":"b","custom_id":)" + id +
                                    R"(,"response":{"status_code":)" + std::to_string(code) +
                                    R"(,"request_id":"req_1","body":)" + text +
                                    R"(},"error":null})" + "\n";
    }
    if (!good.empty()) e.what.output_file_id = add_file("output", good);
    if (!bad.empty()) e.what.error_file_id = add_file("errors", bad);
    set(e, status);
  }
};

/// One client of it.
class fake_batch_api final : public remote_api {
 public:
  fake_batch_api(fake_batch_server& server, clock& time) : server_(server), time_(time) {}

  awaitable<remote_result<remote_file>> upload_file(upload_order order) override {
    server_.come_to("upload.before");
    co_await call();
    ++server_.uploads;
    std::ifstream in(order.path);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    remote_file made;
    made.bytes = text.size();
    made.id = server_.add_file(order.filename, std::move(text));
    server_.come_to("upload.after");
    if (server_.lose_upload && server_.uploads == 1) {
      co_return remote_failure(failure_kind::unknown_outcome, 504, "", "Gateway Timeout");
    }
    co_return made;
  }

  awaitable<remote_result<std::optional<remote_file>>> find_file(std::string, std::string filename,
                                                                 std::uint64_t bytes) override {
    co_await call();
    std::optional<remote_file> found;
    if (server_.lose_upload && server_.uploads == 1) co_return found;
    for (const auto& [id, file] : server_.files) {
      if (file.name != filename || file.text.size() != bytes) continue;
      found.emplace();
      found->id = id;
    }
    co_return found;
  }

  awaitable<remote_result<void>> delete_file(std::string id) override {
    server_.come_to("delete.before");
    co_await call();
    server_.files.erase(id);
    server_.come_to("delete.after");
    co_return remote_result<void>();
  }

  awaitable<remote_result<std::uint64_t>> download(std::string id, std::string path,
                                                   std::optional<std::uint64_t>) override {
    server_.come_to("download.before");
    co_await call();
    ++server_.downloads;
    const auto file = server_.files.find(id);
    if (file == server_.files.end() || server_.lose_outputs) co_return gone();
    std::ofstream(path) << file->second.text;
    server_.come_to("download.after");
    co_return file->second.text.size();
  }

  awaitable<remote_result<remote_batch>> create_batch(batch_order order) override {
    server_.come_to("create.before");
    co_await call();
    fake_batch_server::entry e;
    e.what.id = "batch_" + std::to_string(server_.batches.size() + 1);
    e.what.input_file_id = order.input_file_id;
    e.what.endpoint = order.endpoint;
    e.what.metadata = order.metadata;
    fake_batch_server::set(e, batch_status::validating);
    std::istringstream in(server_.files.at(order.input_file_id).text);
    for (std::string line; std::getline(in, line);) e.lines.push_back(line);
    e.what.counts.total = e.lines.size();
    e.ends = time_.now() + server_.takes;
    const bool lost = server_.appear_late > duration::zero() && server_.batches.empty();
    e.listed = time_.now() + (lost ? server_.appear_late : duration::zero());
    server_.batches.push_back(e);
    server_.come_to("create.after");
    if (lost) {
      co_return remote_failure(failure_kind::unknown_outcome, 504, "", "Gateway Timeout");
    }
    co_return e.what;
  }

  awaitable<remote_result<remote_batch>> batch(std::string id) override {
    co_await call();
    server_.look(time_.now());
    for (const auto& e : server_.batches) {
      if (e.what.id == id) co_return e.what;
    }
    co_return gone();
  }

  awaitable<remote_result<remote_page<remote_batch>>> list_batches(std::string, unsigned) override {
    co_await call();
    server_.look(time_.now());
    remote_page<remote_batch> page;
    for (const auto& e : server_.batches) {
      if (e.listed <= time_.now()) page.items.push_back(e.what);
    }
    std::ranges::reverse(page.items);
    co_return page;
  }

  awaitable<remote_result<std::vector<remote_batch>>> find_batches(std::string key,
                                                                   std::string value,
                                                                   unix_seconds) override {
    co_await call();
    server_.look(time_.now());
    std::vector<remote_batch> found;
    for (const auto& e : server_.batches) {
      if (e.what.tag(key) == value && e.listed <= time_.now()) found.push_back(e.what);
    }
    co_return found;
  }

  awaitable<remote_result<remote_batch>> cancel_batch(std::string id) override {
    server_.come_to("cancel.before");
    co_await call();
    for (auto& e : server_.batches) {
      if (e.what.id != id) continue;
      if (!is_final(e.what.status)) fake_batch_server::set(e, batch_status::cancelling);
      server_.come_to("cancel.after");
      co_return e.what;
    }
    co_return gone();
  }

 private:
  awaitable<void> call() {
    ++server_.calls;
    const time_point answered = time_.now() + std::chrono::milliseconds(50);
    co_await time_.sleep_until(answered);
  }

  static remote_failure gone() {
    return remote_failure(failure_kind::gone, 404, "not_found", "there is none");
  }

  fake_batch_server& server_;
  clock& time_;
};

}  // namespace batchmill::testing
