// What a run is put together from.
#pragma once

#include <functional>

#include "batchmill/clock.hpp"
#include "batchmill/job.hpp"
#include "batchmill/job_spec.hpp"
#include "batchmill/observer.hpp"
#include "batchmill/transport.hpp"
#include "runner/engine/artifact_store.hpp"
#include "runner/engine/file_fetcher.hpp"
#include "runner/engine/ledger/kept_results.hpp"
#include "runner/engine/ledger/ledger.hpp"
#include "runner/engine/ledger/paid_answers.hpp"
#include "runner/engine/ledger/resting_answers.hpp"
#include "runner/engine/purse.hpp"
#include "runner/engine/row_source.hpp"

namespace batchmill {

/// What the engine works with. Everything must outlive it.
struct scheduler_parts {
  const job_spec& spec;
  const row_job& job;
  row_source& rows;
  ledger& output;
  transport& wire;
  clock& time;
  run_observer& observer;
  row_counts earlier;                         // rows that are finished already
  kept_results* kept = nullptr;               // of an earlier output, to be taken over; may be null
  std::function<void(const row&)> recognize;  // called with each finished row; may be empty
  const artifact_store* artifacts = nullptr;  // null: answers hold no files
  file_source* files = nullptr;               // null: none is fetched
  resting_answers* resting = nullptr;         // for equal rows; null: only those in memory
  paid_answers* paid = nullptr;               // whose files are to be fetched yet; null: none
  purse_parts money{};
  std::function<void(const prepared_request&)> first_of_model{};  // before it is sent; may be empty
};

}  // namespace batchmill
