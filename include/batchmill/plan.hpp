// What a job will take, before anything is sent: rows, requests, tokens, money, time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "batchmill/job_spec.hpp"
#include "batchmill/money.hpp"
#include "batchmill/observer.hpp"

namespace batchmill {

struct plan_options {
  plan_options() = default;

  run_observer* observer = nullptr;  // gets the warnings about models; may be null
  std::uint64_t limit = 0;           // only the first so many rows; 0: all
  std::uint64_t sample = 0;          // so many rows are really run; 0: none
  std::string tier;                  // "tier_1": its limits; empty: those of the spec
  std::uint64_t seed = 0;            // of the choice of the sample
};

/// From the least to the most that it can be.
struct cost_range {
  cost_range() = default;

  std::optional<money> least;     // nothing: a price is not known
  std::optional<money> most;      // nothing: the output has no bound, or a price is not known
  std::optional<money> expected;  // by the sample
};

/// What goes to one model.
struct model_plan {
  model_plan() = default;

  std::string model;
  std::uint64_t requests = 0;
  std::int64_t prompt_tokens = 0;
  bool prompt_exact = true;                     // or estimated
  std::optional<std::int64_t> most_output;      // tokens; nothing: some requests have no bound
  std::optional<std::int64_t> expected_output;  // by the sample
  cost_range online;
  cost_range batch;                      // nothing where the model is not for batches
  std::optional<double> requests_limit;  // per minute
  std::optional<double> requests_a_day;
  std::optional<double> tokens_limit;  // per minute
  std::optional<duration> time;        // online, at these limits
  std::optional<double> queue_limit;   // prompt tokens in unfinished batches
  std::optional<duration> batch_time;  // at most; nothing where the run goes online
};

/// A row whose prompt is among the longest.
struct long_prompt {
  long_prompt() = default;

  std::string place;      // file:line
  std::string custom_id;  // raw JSON
  std::int64_t tokens = 0;
  bool exact = false;  // or estimated
};

/// What running some of the rows showed.
struct sample_result {
  sample_result() = default;

  run_summary run;
  double failed = 0;  // part of the rows
};

/// Online, or through the Batch API.
struct planned_way {
  planned_way() = default;

  bool batch = false;
  std::string why;                     // where the spec leaves it to the run: half a sentence
  std::optional<duration> time_given;  // until the deadline
};

struct plan_report {
  plan_report() = default;

  planned_way way;

  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;   // of their texts
  std::uint64_t faulty = 0;  // rows that cannot be sent
  std::uint64_t shared = 0;  // rows that get the answer of an equal one
  std::uint64_t requests = 0;
  std::map<std::string, std::uint64_t> failures;  // by code
  std::vector<std::string> first_failures;        // messages
  std::vector<model_plan> models;
  std::vector<long_prompt> longest;
  std::optional<sample_result> sample;
};

/// Reads and prepares the whole input. Without a sample nothing is sent. Throws usage_error as
/// `run` does.
plan_report plan(const job_spec& spec, const plan_options& options = {});

}  // namespace batchmill
