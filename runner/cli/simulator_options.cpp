#include "runner/cli/simulator_options.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "batchmill/duration.hpp"
#include "batchmill/error.hpp"

namespace batchmill::cli {
namespace {

constexpr auto group = "Simulator";

std::string not_negative(const std::string& number) {
  return number.starts_with('-') ? "must not be negative" : "";
}

std::string refusal_status(const std::string& status) {
  return status == "429" || status == "503" ? "" : "must be 429 or 503";
}

CLI::Option* add_number(CLI::App& command, const char* name, double& number, const char* text) {
  return command.add_option(name, number, text)->type_name("N")->check(not_negative)->group(group);
}

CLI::Option* add_text(CLI::App& command, const char* name, std::string& value, const char* type,
                      const char* text) {
  return command.add_option(name, value, text)->type_name(type)->group(group);
}

void add_limit_options(CLI::App& command, simulator_options& options,
                       std::vector<CLI::Option*>& all) {
  auto& texts = options.texts;
  auto& limits = options.limits;
  all.insert(
      all.end(),
      {add_number(command, "--rpm", options.rpm, "Requests per minute and model; 0: unlimited"),
       add_number(command, "--tpm", options.tpm, "Tokens per minute and model; 0: unlimited"),
       add_number(command, "--rpd", limits.requests_per_day,
                  "Requests per day and model; the headers on requests then tell the day"),
       add_number(command, "--project-tpm", limits.project_tokens_per_minute,
                  "Tokens per minute of all models together"),
       add_text(command, "--limit-model", texts.model, "MODEL",
                "How limits are held to: continuous (a bucket, refilled all the time; default), "
                "second (a sixtieth in each second), minute (fixed windows) or sliding (a window)"),
       add_text(command, "--limit-window", texts.window, "TIME",
                "minute, sliding: a shorter window, with its part of the limit; default: 60s"),
       add_text(command, "--limit-burst", texts.burst, "TIME",
                "continuous: the bucket holds what flows in so long; default: 60s"),
       add_text(command, "--limit-headers", texts.headers, "all|none|SHARE%",
                "Share of the answers that tell the limits; none: error texts neither"),
       add_text(command, "--limit-changes", texts.changes, "TIME=xFACTOR,...",
                "So long after the first request the limits become another, e.g. 20s=x0.5,40s=x4"),
       add_text(command, "--other-tenants", texts.others, "FROM%-TO%[,PERIOD]",
                "Others take a varying part of the limits, e.g. 30%-60%,20s; period: 60s"),
       add_text(command, "--token-cost", texts.token_cost, "COST",
                "Tokens charged: max(n x output limit, characters/4) (max; default), prompt + n x "
                "output limit (sum); corrected by the answer: max first (used), prompt first "
                "(input)")});
}

void add_concurrency_options(CLI::App& command, simulated_limits& limits,
                             std::vector<CLI::Option*>& all) {
  CLI::Option* most =
      command
          .add_option("--max-concurrency", limits.max_concurrency,
                      "Requests answered at once; one more is refused; 0: unlimited")
          ->type_name("N")
          ->check(not_negative)
          ->group(group);
  CLI::Option* status = command
                            .add_option("--concurrency-refusal", limits.concurrency_status,
                                        "The status of that refusal; default: 429")
                            ->type_name("429|503")
                            ->check(refusal_status)
                            ->needs(most)
                            ->group(group);
  all.insert(all.end(), {most, status});
}

void add_batch_options(CLI::App& command, simulator_options& options,
                       std::vector<CLI::Option*>& all) {
  auto& batches = options.batches;
  const auto add_count = [&](const char* name, auto& count, const char* text) {
    all.push_back(command.add_option(name, count, text)->type_name("N")->group(group));
    return all.back()->check(not_negative);
  };
  all.push_back(
      add_number(command, "--clock-rate", batches.clock_rate,
                 "Files, batches and fine-tuning live so many times as fast: with 3600 a day "
                 "takes 24 s"));
  all.push_back(add_text(command, "--batch-time", options.batch.time, "TIME",
                         "A batch takes so long by that clock; beyond 24h it expires; default: "
                         "2s"));
  CLI::Option* most = add_count("--enqueued-tokens", batches.enqueued_tokens,
                                "Tokens of all unfinished batches of a model; 0: unlimited");
  all.push_back(command
                    .add_flag("--enqueued-limit-at-once", batches.refuse_at_once,
                              "Too many tokens: refuse the batch, instead of letting it fail later")
                    ->needs(most)
                    ->group(group));
  add_count("--break-downloads", batches.break_downloads,
            "Break off the first N downloads of files in the middle");
  add_count("--lose-batches", batches.lose_batches,
            "Create the first N batches, but close the connection without an answer");
  add_count("--fail-batches", batches.fail_batches, "In the first N batches every request fails");
  add_count("--expire-batches", batches.expire_batches,
            "The first N batches expire when a third of their requests is done");
  all.push_back(
      add_text(command, "--batch-faults", options.batch.faults, "KIND=SHARE,...",
               "Faults of calls about files, uploads, batches and fine-tuning; requests of "
               "batches have those of --faults"));
}

void add_tuning_options(CLI::App& command, simulator_options& options,
                        std::vector<CLI::Option*>& all) {
  auto& tuning = options.fine_tuning;
  const auto add_count = [&](const char* name, std::uint64_t& count, const char* text) {
    all.push_back(
        command.add_option(name, count, text)->type_name("N")->group(group)->check(not_negative));
  };
  all.push_back(add_text(command, "--tuning-time", options.tuning_time, "TIME",
                         "A fine-tuning job takes so long by that clock; default: 5s"));
  all.push_back(command
                    .add_flag("--tuning-closed", tuning.closed,
                              "Accept no new fine-tuning jobs, as after the service's last day")
                    ->group(group));
  all.push_back(command
                    .add_flag("--tuning-base64", tuning.base64_results,
                              "The metrics files of fine-tuning jobs are in base64")
                    ->group(group));
  add_count("--lose-tuning-jobs", tuning.lose_jobs,
            "Create the first N fine-tuning jobs, but close the connection without an answer");
  add_count("--fail-tuning-jobs", tuning.fail_jobs, "The first N fine-tuning jobs fail half-way");
}

void require_a_limit(const simulator_options& options) {
  const auto& texts = options.texts;
  const bool limited = options.rpm > 0 || options.tpm > 0 || options.limits.requests_per_day > 0 ||
                       options.limits.project_tokens_per_minute > 0;
  if (limited) return;
  for (const auto& [option, text] :
       {std::pair("--limit-model", &texts.model), std::pair("--limit-window", &texts.window),
        std::pair("--limit-burst", &texts.burst), std::pair("--limit-headers", &texts.headers),
        std::pair("--limit-changes", &texts.changes), std::pair("--other-tenants", &texts.others),
        std::pair("--token-cost", &texts.token_cost)})
    if (!text->empty())
      throw usage_error(fmt::format(
          "{} shapes limits, but there are none: give one, such as --rpm 600.", option));
}

duration read_duration(std::string_view option, const std::string& text, duration otherwise) {
  if (text.empty()) return otherwise;
  if (const auto time = parse_duration(text)) return *time;
  throw usage_error(
      fmt::format("{} \"{}\" is not understood: write a duration such as 10s.", option, text));
}

simulated_limits limits_of(const simulator_options& options) {
  require_a_limit(options);
  auto limits = options.limits;
  const auto& texts = options.texts;
  if (!texts.model.empty()) limits.model = parse_simulated_limit_model(texts.model);
  limits.window = read_duration("--limit-window", texts.window, limits.window);
  limits.burst = read_duration("--limit-burst", texts.burst, limits.burst);
  if (!texts.token_cost.empty()) limits.token_cost = parse_simulated_token_cost(texts.token_cost);
  if (!texts.headers.empty()) limits.header_share = parse_simulated_header_share(texts.headers);
  if (!texts.changes.empty()) limits.changes = parse_simulated_limit_changes(texts.changes);
  if (!texts.others.empty()) limits.others = parse_simulated_tenants(texts.others);
  check_simulated_limits(limits);
  return limits;
}

simulated_batches batches_of(const simulator_options& options) {
  auto batches = options.batches;
  if (!(batches.clock_rate > 0 && std::isfinite(batches.clock_rate)))
    throw usage_error("--clock-rate must be above 0, such as 3600 for a day in 24 s.");
  batches.time = read_duration("--batch-time", options.batch.time, batches.time);
  if (!options.batch.faults.empty()) batches.faults = parse_simulated_faults(options.batch.faults);
  return batches;
}

}  // namespace

std::vector<CLI::Option*> add_simulator_options(CLI::App& command, simulator_options& options) {
  std::vector<CLI::Option*> all = {
      add_text(command, "--latency", options.latency, "TIME[,SIGMA]",
               "How long an answer takes: 300ms, or 300ms,0.5 for lognormal with this median and "
               "sigma"),
      add_text(command, "--faults", options.faults, "KIND=SHARE,...",
               "Faults and their share, e.g. 429=1%,500=0.5%,drop=0.1%"),
      add_text(command, "--usage", options.usage, "exact|estimate",
               "The prompt tokens that answers state: counted, or characters/4, which is quicker")
          ->check(CLI::IsMember({"exact", "estimate"}).description("")),
      command.add_option("--seed", options.seed, "Other seed, other answers, latencies and faults")
          ->type_name("N")
          ->group(group)};
  add_limit_options(command, options, all);
  add_concurrency_options(command, options.limits, all);
  add_batch_options(command, options, all);
  add_tuning_options(command, options, all);
  return all;
}

simulation_options simulation_of(const simulator_options& options) {
  simulation_options result;
  result.seed = options.seed;
  if (!options.latency.empty()) result.latency = parse_simulated_latency(options.latency);
  if (!options.faults.empty()) result.faults = parse_simulated_faults(options.faults);
  result.exact_usage = options.usage == "exact";
  result.requests_per_minute = options.rpm;
  result.tokens_per_minute = options.tpm;
  result.limits = limits_of(options);
  result.batches = batches_of(options);
  result.fine_tuning = options.fine_tuning;
  result.fine_tuning.time =
      read_duration("--tuning-time", options.tuning_time, result.fine_tuning.time);
  return result;
}

}  // namespace batchmill::cli
