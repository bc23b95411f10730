#include "runner/simulator/batches/batch_store.hpp"

#include <chrono>
#include <utility>

#include "runner/simulator/dice.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace {

// Three completion windows: a third is finished at the end of the first.
constexpr double too_long = 3 * 24 * 3600;

double seconds(duration d) {
  return std::chrono::duration<double>(d).count();
}

bool take_one(std::uint64_t& count) {
  if (count == 0) return false;
  --count;
  return true;
}

// Without reading it all: four bytes are a token.
std::int64_t tokens_of(const file_content& input) {
  return estimate_tokens(static_cast<std::int64_t>(input.size()));
}

std::string model_of(const file_content& input) {
  line_reader reader(input);
  const auto first = reader.next();
  return first ? read_valid_line(*first).model : "";
}

void write_repetitions(json_writer& json, const execution_books& books) {
  json.key("executed_before").integer(static_cast<std::int64_t>(books.executed_before));
  json.key("repetitions").open_array();
  for (const auto& custom_id : books.repetitions) json.raw(custom_id);
  json.close_array();
}

}  // namespace

batch_store::batch_store(const simulated_batches& options, std::uint64_t seed,
                         const simulated_clock& clock, file_store& files, line_executor& executor)
    : options_(options),
      seed_(seed),
      clock_(clock),
      queue_(options.enqueued_tokens),
      around_{clock, files, queue_, executor} {}

refusal batch_store::may_create(const file_content& input) {
  constexpr const char* nobody = "";
  if (!queues_at_once()) return {};
  const auto model = model_of(input);
  if (queue_.enter(nobody, model, tokens_of(input))) {
    queue_.leave(nobody);
    return {};
  }
  api_error error(429, queue_.refusal_text(model), "", "token_limit_exceeded");
  error.type = "tokens";
  return error;
}

const batch_facts& batch_store::create(batch_facts facts, file_content input) {
  facts.id = object_id("batch_", ++books_.created, seed_);
  facts.at.created = clock_.now();
  const auto id = facts.id;
  if (queues_at_once()) queue_.enter(id, model_of(input), tokens_of(input));
  auto& batch = batches_.try_emplace(id, std::move(facts), std::move(input), next_fate(id), around_)
                    .first->second;
  unfinished_.emplace(id, &batch);
  return batch.facts();
}

batch_fate batch_store::next_fate(const std::string& id) {
  batch_fate fate;
  fate.time = take_one(options_.expire_batches) ? too_long : seconds(options_.time);
  fate.fails = take_one(options_.fail_batches);
  fate.queued = queues_at_once();
  fate.seed = hash_text(id, seed_);
  return fate;
}

batch_job* batch_store::find(std::string_view id) {
  const auto found = batches_.find(id);
  return found == batches_.end() ? nullptr : &found->second;
}

// The batches take turns, so that none waits for a long one.
bool batch_store::work() {
  for (auto left = unfinished_.size(); left > 0; --left) {
    auto next = unfinished_.upper_bound(last_worked_on_);
    if (next == unfinished_.end()) next = unfinished_.begin();
    last_worked_on_ = next->first;
    work_slice slice;
    const bool more = next->second->work(slice);
    if (is_final(next->second->facts().status)) unfinished_.erase(next);
    if (more) return true;
  }
  return false;
}

bool batch_store::loses_answer() {
  if (!take_one(options_.lose_batches)) return false;
  ++books_.lost;
  return true;
}

void batch_store::write_books(json_writer& json, bool counted) const {
  const auto count = [&](std::string_view name, std::uint64_t n) {
    json.key(name).integer(static_cast<std::int64_t>(n));
  };
  count("created", books_.created);
  count("lost_answers", books_.lost);
  json.key("batches").open_array();
  for (const auto& [id, batch] : batches_) {
    const auto& facts = batch.facts();
    const auto& books = batch.books();
    json.open_object().key("id").text(id).key("status").text(name_of(facts.status));
    json.key("input_file_id").text(facts.input_file_id);
    write_metadata(json, facts);
    count("requests", facts.total);
    count("executed", books.executed);
    if (counted) write_repetitions(json, books);
    json.close_object();
  }
  json.close_array();
}

}  // namespace batchmill::simulator_detail
