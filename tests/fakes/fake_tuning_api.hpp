// A server of files and fine-tuning jobs in memory, which outlives the submissions that are killed
// beside it.
#pragma once

#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "batchmill/clock.hpp"
#include "runner/remote/remote_api.hpp"
#include "runner/remote/tuning_api.hpp"
#include "tests/fakes/fake_batch_api.hpp"

namespace batchmill::testing {

class fake_tuning_api final : public remote_api, public tuning_api {
 public:
  explicit fake_tuning_api(clock& time) : time_(time) {}

  // What it has.
  std::vector<remote_file> files;
  std::map<std::string, std::string> texts;  // by file
  std::vector<remote_tuning_job> jobs;
  std::vector<tuning_order> orders;
  std::vector<remote_tuning_event> events;  // oldest first
  std::vector<remote_checkpoint> checkpoints;
  unsigned looks = 0;
  unsigned event_pages = 0;

  // How it behaves.
  std::string die_at;       // "upload.before:1": the first time this comes up
  unsigned lose_jobs = 0;   // so many creations have no answer
  unsigned lose_files = 0;  // likewise
  bool forget = false;      // what has no answer is not made
  duration appear_late{};   // a job is listed so long after its creation
  std::function<void(fake_tuning_api&)> at_look = [](fake_tuning_api&) {};
  std::optional<remote_failure> refuses;  // creations of jobs

  awaitable<remote_result<remote_file>> upload_file(upload_order order) override {
    come_to("upload.before");
    const bool lost = lose_files > 0 && lose_files-- > 0;
    if (lost && forget) co_return lost_answer();
    std::ifstream in(order.path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    remote_file file;
    file.id = "file-" + std::to_string(files.size() + 1);
    file.filename = order.filename;
    file.purpose = order.purpose;
    file.bytes = text.size();
    files.push_back(file);
    texts[file.id] = text;
    come_to("upload.after");
    if (lost) co_return lost_answer();
    co_return file;
  }

  awaitable<remote_result<std::optional<remote_file>>> find_file(std::string purpose,
                                                                 std::string filename,
                                                                 std::uint64_t bytes) override {
    for (const remote_file& file : files) {
      if (file.purpose == purpose && file.filename == filename && file.bytes == bytes) {
        co_return std::optional<remote_file>(file);
      }
    }
    co_return std::optional<remote_file>();
  }

  awaitable<remote_result<remote_tuning_job>> create_job(tuning_order order) override {
    come_to("create.before");
    if (refuses) co_return *refuses;
    const bool lost = lose_jobs > 0 && lose_jobs-- > 0;
    if (lost && forget) co_return lost_answer();
    remote_tuning_job made;
    made.id = "ftjob-" + std::to_string(jobs.size() + 1);
    made.status = tuning_status::validating_files;
    made.status_text = "validating_files";
    made.metadata = order.metadata;
    jobs.push_back(made);
    orders.push_back(std::move(order));
    listed_.push_back(time_.now() + appear_late);
    come_to("create.after");
    if (lost) co_return lost_answer();
    co_return made;
  }

  awaitable<remote_result<remote_tuning_job>> job(std::string id) override {
    ++looks;
    at_look(*this);
    for (const remote_tuning_job& one : jobs) {
      if (one.id == id) co_return one;
    }
    co_return remote_failure(failure_kind::gone, 404, "not_found", "no such job");
  }

  awaitable<remote_result<std::vector<remote_tuning_job>>> find_jobs(std::string key,
                                                                     std::string value,
                                                                     unix_seconds) override {
    std::vector<remote_tuning_job> found;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      if (jobs[i].tag(key) == value && listed_[i] <= time_.now()) found.push_back(jobs[i]);
    }
    co_return found;
  }

  awaitable<remote_result<remote_page<remote_tuning_event>>> list_events(std::string,
                                                                         std::string after,
                                                                         unsigned) override {
    constexpr std::size_t events_of_a_page = 3;
    ++event_pages;
    remote_page<remote_tuning_event> page;
    bool begun = after.empty();
    for (auto event = events.rbegin(); event != events.rend(); ++event) {
      if (begun && page.items.size() == events_of_a_page) page.has_more = true;
      if (begun && !page.has_more) page.items.push_back(*event);
      if (event->id == after) begun = true;
    }
    if (!page.items.empty()) page.last_id = page.items.back().id;
    co_return page;
  }

  awaitable<remote_result<remote_page<remote_checkpoint>>> list_checkpoints(std::string,
                                                                            std::string,
                                                                            unsigned) override {
    remote_page<remote_checkpoint> page;
    page.items = checkpoints;
    co_return page;
  }

  // What no test here asks for.
  awaitable<remote_result<void>> delete_file(std::string) override { throw unasked(); }
  awaitable<remote_result<std::uint64_t>> download(std::string, std::string,
                                                   std::optional<std::uint64_t>) override {
    throw unasked();
  }
  awaitable<remote_result<remote_batch>> create_batch(batch_order) override { throw unasked(); }
  awaitable<remote_result<remote_batch>> batch(std::string) override { throw unasked(); }
  awaitable<remote_result<remote_page<remote_batch>>> list_batches(std::string, unsigned) override {
    throw unasked();
  }
  awaitable<remote_result<std::vector<remote_batch>>> find_batches(std::string, std::string,
                                                                   unix_seconds) override {
    throw unasked();
  }
  awaitable<remote_result<remote_batch>> cancel_batch(std::string) override { throw unasked(); }
  awaitable<remote_result<remote_page<remote_tuning_job>>> list_jobs(std::string,
                                                                     unsigned) override {
    throw unasked();
  }
  awaitable<remote_result<remote_tuning_job>> cancel_job(std::string) override { throw unasked(); }
  awaitable<remote_result<remote_tuning_job>> pause_job(std::string) override { throw unasked(); }
  awaitable<remote_result<remote_tuning_job>> resume_job(std::string) override { throw unasked(); }

 private:
  static std::logic_error unasked() { return std::logic_error("nobody should ask this"); }

  static remote_failure lost_answer() {
    return {failure_kind::unknown_outcome, 0, "connection_lost", "the connection broke"};
  }

  void come_to(const std::string& point) {
    const std::string hit = point + ':' + std::to_string(++passed_[point]);
    if (hit == die_at) throw killed();
  }

  clock& time_;
  std::vector<time_point> listed_;
  std::map<std::string, unsigned> passed_;
};

}  // namespace batchmill::testing
