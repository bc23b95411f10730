#include "runner/simulator/batches/execution.hpp"

#include <fmt/format.h>

#include <numeric>
#include <utility>

#include "batchmill/json_text.hpp"
#include "runner/simulator/dice.hpp"

namespace batchmill::simulator_detail {

namespace {

constexpr std::size_t most_repetitions = 20;

std::vector<std::uint32_t> shuffled(std::size_t count, std::uint64_t seed) {
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0u);
  dice die(seed);
  for (auto left = count; left > 1; --left) std::swap(order[left - 1], order[die.below(left)]);
  return order;
}

// In one line, with every number and string as the endpoint wrote it.
void append_body(std::string& out, std::string_view body) {
  if (json::minify(body, out)) out += json::quote(body);
}

}  // namespace

execution::execution(file_content input, std::string endpoint, std::vector<std::uint64_t> lines,
                     std::uint64_t seed, bool fails, line_executor& executor)
    : input_(std::move(input)),
      endpoint_(std::move(endpoint)),
      lines_(std::move(lines)),
      order_(shuffled(lines_.size() - 1, seed)),
      seed_(seed),
      fails_(fails),
      executor_(executor) {}

bool execution::answer(std::size_t goal, work_slice& slice) {
  while (done_ < goal && !slice.is_used_up()) answer_next(slice);
  return done_ >= goal;
}

bool execution::give_up(std::string_view code, std::string_view message, work_slice& slice) {
  while (done_ < total() && !slice.is_used_up()) {
    const auto text = next_line();
    errors_.append(fmt::format(R"({}"response":null,"error":{{"code":"{}","message":"{}"}}}})"
                               "\n",
                               begin_line(read_valid_line(text).custom_id), code, message));
    ++done_;
    slice.spend(text.size());
  }
  return done_ == total();
}

std::string execution::next_line() {
  const auto index = order_[done_];
  const auto begin = lines_[index];
  return input_.text(begin, static_cast<std::size_t>(lines_[index + 1] - begin));
}

std::string execution::begin_line(std::string_view custom_id) const {
  const auto id = hash_pair(seed_, order_[done_]);
  return fmt::format(R"({{"id":"batch_req_{:016x}{:08x}","custom_id":{},)", id,
                     hash_pair(id, 1) >> 32, custom_id);
}

void execution::answer_next(work_slice& slice) {
  const auto text = next_line();
  const auto line = read_valid_line(text);
  const auto answer = executor_.execute(endpoint_, line.body, fails_);
  auto out = begin_line(line.custom_id);
  fmt::format_to(std::back_inserter(out),
                 R"("response":{{"status_code":{},"request_id":"{}","body":)", answer.status,
                 answer.request_id);
  append_body(out, answer.body);
  out += "},\"error\":null}\n";
  (answer.status / 100 == 2 ? output_ : errors_).append(out);
  note(answer, line.custom_id);
  ++done_;
  slice.spend(text.size() + out.size());
}

void execution::note(const line_answer& answer, std::string_view custom_id) {
  ++(answer.status / 100 == 2 ? completed_ : failed_);
  usage_ += answer.usage;
  books_.executed += answer.executed ? 1 : 0;
  if (!answer.executed_before) return;
  ++books_.executed_before;
  if (books_.repetitions.size() < most_repetitions) books_.repetitions.emplace_back(custom_id);
}

}  // namespace batchmill::simulator_detail
