#include "runner/batch/part_cutter.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "runner/batch/request_line.hpp"

namespace batchmill {
namespace {

// https://platform.openai.com/docs/api-reference/batch/create
constexpr auto endpoints = std::to_array<std::string_view>(
    {"/v1/responses", "/v1/chat/completions", "/v1/embeddings", "/v1/completions",
     "/v1/moderations", "/v1/images/generations", "/v1/images/edits"});

constexpr std::size_t most_open = 16;  // parts of different models in the making

}  // namespace

std::string batch_endpoint(const job_spec& spec) {
  std::string endpoint = spec.endpoint.substr(0, spec.endpoint.find('?'));
  if (!endpoint.starts_with("/v1/")) endpoint = "/v1" + endpoint;
  if (spec.api.flavor == api_flavor::azure) endpoint.erase(0, std::string_view("/v1").size());
  return endpoint;
}

std::string batch_obstacle(const job_spec& spec) {
  if (spec.method != request_method::post) {
    return spec.where("method") +
           ": the Batch API sends by POST only; remove `method`, or use "
           "`mode: online`";
  }
  std::string endpoint = batch_endpoint(spec);
  if (spec.api.flavor == api_flavor::azure) endpoint = "/v1" + endpoint;
  if (std::ranges::find(endpoints, endpoint) != endpoints.end()) return {};
  return fmt::format("{}: the Batch API does not take {}, only {}; use `mode: online`",
                     spec.where("endpoint"), spec.endpoint, fmt::join(endpoints, ", "));
}

part_cutter::part_cutter(const job_spec& spec, const part_paths& paths, std::uint64_t& numbers)
    : spec_(spec), paths_(paths), numbers_(numbers), endpoint_(batch_endpoint(spec)) {
  bounds_.requests = spec.batch.max_requests;
  bounds_.bytes = spec.batch.max_bytes;
  if (spec.batch.enqueued_tokens)
    bound_tokens(static_cast<std::int64_t>(*spec.batch.enqueued_tokens));
  if (spec.batch.max_tokens) bound_tokens(static_cast<std::int64_t>(*spec.batch.max_tokens));
}

void part_cutter::bound_tokens(std::int64_t most) {
  bounds_.tokens = bounds_.tokens == 0 ? most : std::min(bounds_.tokens, most);
}

std::optional<row_failure> part_cutter::check(const row& r,
                                              const prepared_request& prepared) const {
  const auto fail = [&](std::string what) {
    return row_failure(prepared.custom_id, "invalid_row",
                       fmt::format("{}:{}: {}", r.file ? *r.file : "", r.line, what));
  };
  if (!prepared.request.uploads.empty()) {
    return fail("the row uploads files, which a batch cannot hold; use `mode: online`");
  }
  const std::size_t bytes = request_line(r.index, endpoint_, prepared.request.body).size();
  if (bytes <= bounds_.bytes) return std::nullopt;
  return fail(fmt::format("the row's request has {} bytes, more than the {} of a batch file", bytes,
                          bounds_.bytes));
}

std::optional<batch_part> part_cutter::add(row&& r, prepared_request&& prepared, std::uint64_t hash,
                                           const request_price& price) {
  part_row kept;
  kept.from = std::move(r);
  kept.hash = hash;
  kept.custom_id = std::move(prepared.custom_id);
  kept.inputs = prepared.inputs;
  kept.tokens = prepared.prompt_tokens;
  kept.tokens_exact = prepared.prompt_exact;
  kept.most_cost = price.whatever_it_counts.most.pico();
  kept.counted_cost = price.as_counted.most.pico();
  kept.price_factor = prepared.price_factor;
  const std::string model = prepared.model;
  const bool share = spec_.dedupe.value_or(prepared.answered_alike);
  if (const auto open = open_.find(model); share && open != open_.end()) {
    const auto first = open->second->firsts.find(hash);
    if (first != open->second->firsts.end()) {
      kept.asked_as = first->second;
      open->second->writer.add_equal(std::move(kept));
      return std::nullopt;
    }
  }
  const std::string line = request_line(kept.from.index, endpoint_, prepared.request.body);
  std::optional<batch_part> full = make_room(model, kept, line.size());
  open_part& part = part_for(model);
  if (share) part.firsts.emplace(hash, kept.from.index);
  part.writer.add(std::move(kept), line);
  return full;
}

std::optional<batch_part> part_cutter::make_room(const std::string& model, const part_row& r,
                                                 std::size_t bytes) {
  const auto open = open_.find(model);
  if (open == open_.end()) {
    return open_.size() < most_open ? std::nullopt : std::optional(close(open_.begin()->first));
  }
  const bool fits =
      open->second->writer.has_room(bytes, std::max(1u, r.inputs.count), r.tokens, bounds_);
  return fits ? std::nullopt : std::optional(close(model));
}

part_cutter::open_part& part_cutter::part_for(const std::string& model) {
  auto& place = open_[model];
  if (!place) {
    batch_part facts;
    facts.number = ++numbers_;
    facts.endpoint = endpoint_;
    facts.model = model;
    place = std::make_unique<open_part>(paths_, std::move(facts));
  }
  return *place;
}

batch_part part_cutter::close(const std::string& model) {
  const auto open = open_.find(model);
  batch_part done = open->second->writer.close();
  open_.erase(open);
  return done;
}

std::vector<batch_part> part_cutter::finish() {
  std::vector<batch_part> done;
  while (!open_.empty()) {
    const std::string model = open_.begin()->first;
    done.push_back(close(model));
  }
  return done;
}

}  // namespace batchmill
