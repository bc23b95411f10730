// batchmill status OUTPUT
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "batchmill/error.hpp"
#include "runner/batch/batch_tags.hpp"
#include "runner/batch/part_book.hpp"
#include "runner/batch/part_paths.hpp"
#include "runner/cli/commands.hpp"
#include "runner/cli/remote_session.hpp"
#include "runner/engine/ledger/run_state.hpp"
#include "runner/progress/cost_text.hpp"
#include "runner/progress/humanize.hpp"
#include "runner/progress/json_text.hpp"
#include "runner/progress/text.hpp"

namespace batchmill::cli {
namespace {

struct status_arguments {
  std::string output;
  std::vector<std::string> set;
  bool json = false;
};

/// The batches of the run, and whether the server itself says how they stand.
struct batches_view {
  std::vector<batch_part> parts;
  bool asked = false;
  std::string obstacle;  // why the server was not asked, where it should have been
};

using reason_count = std::pair<std::string, std::uint64_t>;

std::vector<reason_count> by_frequency(const row_counts& counts) {
  std::vector<reason_count> sorted(counts.failures.begin(), counts.failures.end());
  std::ranges::stable_sort(sorted, std::greater(), &reason_count::second);
  return sorted;
}

std::optional<std::uint64_t> rows_left(const run_state& state) {
  if (!state.rows_total) return std::nullopt;
  return *state.rows_total - std::min(*state.rows_total, state.counts.rows());
}

bool any_at_server(const std::vector<batch_part>& parts) {
  return std::ranges::any_of(parts, [](const batch_part& p) { return p.goes_on(); });
}

std::string state_word(const run_state& state, const std::vector<batch_part>& parts) {
  if (state.pid) return "running";
  if (any_at_server(parts)) return "under way at the server";
  return state.finished ? "complete" : "stopped";
}

/// One attempt: a person waits.
job_spec spec_to_ask(const std::string& book, const std::vector<std::string>& set) {
  const std::string file = look_at_fact(book, "spec");
  if (file.empty()) throw run_error("the job spec that the run was begun with is not known");
  job_spec spec = load_job_spec(file, set);
  spec.retry.attempts = 1;
  spec.retry.outage.reset();
  return spec;
}

void see(batch_part& part, const remote_batch& b) {
  part.status = b.status_text;
  part.answered = b.counts.completed;
  part.refused = b.counts.failed;
  if (b.expires_at != 0) part.expires_at = b.expires_at;
}

void ask_server(batches_view& view, const std::string& book, const std::vector<std::string>& set) {
  remote_session session(spec_to_ask(book, set));
  std::vector<batch_part*> open;
  for (batch_part& p : view.parts) {
    if (p.goes_on()) open.push_back(&p);
  }
  std::int64_t since = session.now();
  for (const batch_part* p : open) since = std::min(since, p->created_at);
  constexpr std::int64_t day = 24 * 3600;  // between the server's clock and ours
  const auto ours = session.finish(session.client().find_batches(
      run_tag, look_at_fact(book, "run"), std::max<std::int64_t>(0, since - day)));
  for (batch_part* p : open) {
    const auto found = std::ranges::find(ours, p->batch_id, &remote_batch::id);
    if (found != ours.end()) see(*p, *found);
  }
  view.asked = true;
}

/// As well as it goes: what the run itself last saw is always there.
batches_view look_at_batches(const status_arguments& arguments) {
  const std::string book = part_paths(arguments.output + ".ledger").book();
  batches_view view;
  view.parts = look_at_parts(book);
  if (!any_at_server(view.parts)) return view;
  try {
    ask_server(view, book, arguments.set);
  } catch (const std::exception& why) {
    view.obstacle = why.what();
  }
  return view;
}

json_object failure_fields(const reason_count& failure) {
  json_object fields;
  fields.text("reason", failure.first).count("rows", failure.second);
  return fields;
}

const char* word_for(const batch_part& p) {
  switch (p.state) {
    case part_state::cut:
    case part_state::uploading:
      return "to be uploaded";
    case part_state::uploaded:
    case part_state::creating:
      return "to be created";
    case part_state::ended:
      return "to be downloaded";
    case part_state::online:
      return "goes online";
    case part_state::merged:
    case part_state::clean:
      return "done";
    case part_state::created:
      break;
  }
  return p.status.c_str();
}

std::string age_of(std::int64_t since, std::int64_t now) {
  return since == 0 ? ""
                    : rough_duration(std::chrono::seconds(std::max<std::int64_t>(0, now - since)));
}

json_object batch_fields(const batch_part& p) {
  json_object fields;
  fields.count("part", p.number).text("state", word_for(p)).text_or_null("batch_id", p.batch_id);
  fields.text_or_null("model", p.model).count("requests", p.requests);
  fields.count("completed", p.answered).count("failed", p.refused);
  fields.integer("created_at", p.created_at).integer("expires_at", p.expires_at);
  return fields;
}

void print_batches(const batches_view& view) {
  const std::vector<batch_part>& parts = view.parts;
  if (parts.empty()) return;
  const std::int64_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  fmt::print("\n{:<5} {:<28} {:<17} {:>9} {:>9} {:>7} {:>8} {:>8}\n", "part", "batch", "state",
             "requests", "completed", "failed", "age", "expires");
  for (const batch_part& p : parts) {
    if (p.state == part_state::clean && p.batch_id.empty()) continue;  // was cut again
    const bool alive = p.state == part_state::created;
    fmt::print("{:<5} {:<28} {:<17} {:>9} {:>9} {:>7} {:>8} {:>8}\n", p.number,
               p.batch_id.empty() ? "-" : escape_controls(p.batch_id), escape_controls(word_for(p)),
               with_separators(p.requests), with_separators(p.answered), with_separators(p.refused),
               alive ? age_of(p.created_at, now) : "", alive ? age_of(now, p.expires_at) : "");
  }
  if (view.asked) fmt::print("As the server says now.\n");
  if (!view.obstacle.empty()) {
    fmt::print("As the run last saw them, because the server cannot be asked: {}\n", view.obstacle);
  }
}

std::string as_json(const run_state& state, const batches_view& view) {
  const std::vector<batch_part>& parts = view.parts;
  json_object rows;
  rows.count("done", state.counts.rows())
      .count("ok", state.counts.ok)
      .count("failed", state.counts.failed)
      .count("in_output", state.in_output);
  if (const auto left = rows_left(state)) rows.count("left", *left);
  std::vector<json_object> failures;
  for (const reason_count& f : by_frequency(state.counts)) failures.push_back(failure_fields(f));
  const token_usage& used = state.counts.tokens;
  json_object tokens;
  tokens.integer("prompt", used.prompt).integer("completion", used.completion);
  tokens.integer("total", used.total);
  json_object all;
  const run_cost cost = state.spent.cost();
  all.text("state", state_word(state, parts));
  if (state.pid) all.integer("pid", *state.pid);
  if (state.identity) all.text("run_id", state.identity->run_id);
  all.object("rows", rows).list("failures", failures).object("tokens", tokens);
  if (cost.begun) all.object("cost", cost_fields(cost));
  all.count("attempts", state.counts.attempts).text("last_moved", utc_time(state.last_moved));
  std::vector<json_object> batches;
  for (const batch_part& p : parts) batches.push_back(batch_fields(p));
  all.list("batches", batches).flag("batches_asked", view.asked);
  if (!view.obstacle.empty()) all.text("batches_obstacle", view.obstacle);
  return all.line();
}

void print_text(const run_state& state, const std::vector<batch_part>& parts) {
  const std::string held =
      state.pid ? fmt::format("running (pid {})", *state.pid) : state_word(state, parts);
  fmt::print("state      {}\n", held);
  fmt::print("done       {} {}, {} ok, {} failed\n", with_separators(state.counts.rows()),
             state.counts.rows() == 1 ? "row" : "rows", with_separators(state.counts.ok),
             with_separators(state.counts.failed));
  for (const auto& [reason, count] : by_frequency(state.counts)) {
    fmt::print("           {:>9}  {}\n", with_separators(count), escape_controls(reason));
  }
  const auto left = rows_left(state);
  fmt::print("left       {}\n", left ? with_separators(*left) : "unknown");
  fmt::print("tokens     {}\n",
             with_separators(static_cast<std::uint64_t>(state.counts.tokens.total)));
  const run_cost cost = state.spent.cost();
  if (cost.begun) fmt::print("cost       {}\n", cost_so_far(cost));
  fmt::print("last moved {}\n", utc_time(state.last_moved));
}

int execute(const status_arguments& arguments) {
  const run_state state = look_at(arguments.output);
  const batches_view view = look_at_batches(arguments);
  if (arguments.json) {
    fmt::print("{}\n", as_json(state, view));
  } else {
    print_text(state, view.parts);
    print_batches(view);
  }
  return exit_code::ok;
}

}  // namespace

void add_status(CLI::App& app, int& exit) {
  const auto arguments = std::make_shared<status_arguments>();
  CLI::App* command = app.add_subcommand("status", "How a run stands; looks without touching it");
  command->add_option("OUTPUT", arguments->output, "The file of the results")
      ->required()
      ->type_name("");
  command->add_flag("--json", arguments->json, "One JSON object instead of text");
  command
      ->add_option("--set", arguments->set,
                   "Override a key of the spec, for asking the server; repeatable")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command->callback([arguments, &exit] { exit = execute(*arguments); });
}

}  // namespace batchmill::cli
