#include "jobs/fine_tuning/file_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "jobs/fine_tuning/block_reader.hpp"
#include "jobs/fine_tuning/completion_style.hpp"
#include "jobs/fine_tuning/distribution.hpp"
#include "jobs/fine_tuning/labels.hpp"

namespace batchmill::fine_tuning {

namespace {

constexpr std::uint64_t most_image_examples = 50'000;

bool is_empty(std::string_view line) {
  return line.find_first_not_of(" \t") == std::string_view::npos;
}

/// What one thread added up; the order does not matter.
struct totals {
  std::uint64_t examples = 0;
  std::uint64_t over_limit = 0;
  std::uint64_t with_images = 0;
  std::int64_t tokens_per_epoch = 0;
  spread messages;
  spread tokens;
  spread assistant_tokens;
  label_counter labels;
  completion_style style;

  void add(const totals& other) {
    examples += other.examples;
    over_limit += other.over_limit;
    with_images += other.with_images;
    tokens_per_epoch += other.tokens_per_epoch;
    messages.add(other.messages);
    tokens.add(other.tokens);
    assistant_tokens.add(other.assistant_tokens);
    labels.add(other.labels);
    style.add(other.style);
  }
};

struct row_hash {
  std::uint64_t words;
  std::uint64_t exact;
  std::uint64_t line;
  sketch likeness;
};

/// What came out of one block; joined in the order of the file.
struct block_result {
  explicit block_result(std::size_t shown) : findings(shown) {}

  std::uint64_t lines = 0;
  finding_list findings;
  std::vector<row_hash> rows;
};

class block_worker {
 public:
  explicit block_worker(const file_task& task) : task_(task), reader_(task.rules) {}

  block_result read(std::string_view block) {
    block_result result(task_.shown);
    while (!block.empty()) {
      const std::string_view line = take_line(block);
      result.findings.begin_line(++result.lines, line);
      if (is_empty(line)) {
        result.findings.add(flaw::blank_line, nullptr, [] { return "the line is empty"; });
        continue;
      }
      ++all.examples;
      const auto example = reader_.read(line, result.findings);
      if (!example || !result.findings.sound()) continue;
      count(*example);
      result.rows.push_back({example->words, example->hash, result.lines, example->likeness});
    }
    return result;
  }

  totals all;

 private:
  void count(const example_facts& example) {
    const std::int64_t limit = task_.rules.token_limit.value_or(example.tokens);
    all.over_limit += example.tokens > limit ? 1 : 0;
    all.tokens_per_epoch += std::min(example.tokens, limit);
    all.with_images += example.has_images ? 1 : 0;
    all.messages.add(example.messages);
    all.tokens.add(example.tokens);
    all.assistant_tokens.add(example.assistant_tokens);
    if (example.has_answer) all.labels.add(example.answer);
    if (task_.rules.how == method::completion) all.style.add(example.prompt, example.answer);
  }

  const file_task& task_;
  example_reader reader_;
};

/// Threads take blocks in turn and hand their results in by the same turn.
class parallel_check {
 public:
  parallel_check(const file_task& task, seen_rows& seen, finding_list& findings)
      : task_(task), file_(task.path), seen_(seen), findings_(findings) {}

  void run() {
    std::vector<std::jthread> others;
    std::string first;
    // A file of one block needs no second thread.
    const bool has_first = file_.next(first);
    const bool is_small = first.size() < 256 * 1024;
    for (unsigned i = 1; has_first && !is_small && i < task_.threads; ++i) {
      others.emplace_back([this] { work(); });
    }
    work(has_first ? &first : nullptr);
    others.clear();
    if (failure_) std::rethrow_exception(failure_);
  }

  totals all;
  std::uint64_t lines = 0;
  std::uint64_t bytes() const { return file_.bytes(); }

 private:
  void work(std::string* first = nullptr) {
    try {
      block_worker worker(task_);
      std::string block;
      if (first != nullptr) hand_in(0, worker.read(*first));
      while (const auto turn = take(block)) hand_in(*turn, worker.read(block));
      const std::lock_guard lock(mutex_);
      all.add(worker.all);
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
      changed_.notify_all();
    }
  }

  std::optional<std::uint64_t> take(std::string& block) {
    const std::lock_guard lock(mutex_);
    if (failure_ || !file_.next(block)) return std::nullopt;
    return next_block_++;
  }

  void hand_in(std::uint64_t turn, block_result result) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return next_result_ == turn || failure_; });
    if (failure_) return;
    findings_.append(std::move(result.findings), lines);
    for (const row_hash& row : result.rows) judge(row, lines + row.line);
    lines += result.lines;
    ++next_result_;
    changed_.notify_all();
  }

  void judge(const row_hash& row, std::uint64_t line) {
    if (task_.others != nullptr) {
      if (const auto found = task_.others->find(row.words, row.exact); found.line != 0) {
        findings_.add_at(
            flaw::leaked_row, line,
            fmt::format("{}{}:{} is the same", found.exact ? "" : "but for blanks and case ",
                        task_.others_name, found.line));
      }
    }
    const auto found = seen_.add(row.words, row.exact, line);
    if (found.exact) {
      findings_.add_at(flaw::exact_duplicate, line, fmt::format("the same as line {}", found.line));
    } else if (found.line != 0) {
      findings_.add_at(
          flaw::near_duplicate, line,
          fmt::format("but for case, blanks and punctuation the same as line {}", found.line));
    } else if (const auto alike = similar_.add(row.likeness, line); alike.line != 0) {
      findings_.add_at(flaw::near_duplicate, line,
                       fmt::format("nearly the same as line {}", alike.line));
    }
  }

  const file_task& task_;
  block_reader file_;
  seen_rows& seen_;
  similar_rows similar_;
  finding_list& findings_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t next_block_ = 1;
  std::uint64_t next_result_ = 0;
  std::exception_ptr failure_;
};

}  // namespace

file_report check_lines(const file_task& task, seen_rows& seen, finding_list& findings) {
  parallel_check check(task, seen, findings);
  check.run();
  file_report report;
  report.file = task.path;
  report.how = task.rules.how;
  report.bytes = check.bytes();
  report.lines = check.lines;
  report.examples = check.all.examples;
  report.messages = check.all.messages.facts();
  report.tokens = check.all.tokens.facts();
  report.assistant_tokens = check.all.assistant_tokens.facts();
  report.tokens_per_epoch = check.all.tokens_per_epoch;
  report.over_limit = check.all.over_limit;
  report.labels = check.all.labels.labels();
  if (const std::string sentence = imbalance_of(report.labels); !sentence.empty()) {
    findings.add_at(flaw::unbalanced_labels, 0, sentence);
  }
  if (check.all.with_images > most_image_examples) {
    findings.add_at(
        flaw::too_many_image_examples, 0,
        fmt::format("{} examples hold images, 50,000 is the limit", check.all.with_images));
  }
  check.all.style.report(findings);
  return report;
}

}  // namespace batchmill::fine_tuning
