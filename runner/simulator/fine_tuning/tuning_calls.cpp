#include "runner/simulator/fine_tuning/tuning_calls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runner/simulator/files/file_calls.hpp"
#include "runner/simulator/fine_tuning/tuning_request.hpp"
#include "runner/simulator/query.hpp"

namespace batchmill::simulator_detail {

namespace {

constexpr std::size_t longest_list = 100, longest_events = 1'000;
constexpr std::size_t usual_checkpoints = 10;

reply show(const tuning_facts& job) {
  reply r;
  json_writer json(r.body, json_layout::pretty);
  write_job(json, job);
  return r;
}

api_error closed() {
  return {403,
          "Fine-tuning is no longer available: new fine-tuning jobs are not accepted. Existing "
          "fine-tuned models can be used until their base models are shut down.",
          "", "fine_tuning_not_available"};
}

refusal check_file_object(const stored_file* file, std::string_view id, std::string_view param) {
  if (!file)
    return bad_parameter(param, fmt::format("invalid {}: No such File object: {}", param, id),
                         "invalid_" + std::string(param));
  if (file->purpose == "fine-tune") return {};
  return bad_parameter(param,
                       fmt::format("invalid {}: the file '{}' has the purpose '{}', but must have "
                                   "the purpose 'fine-tune'.",
                                   param, id, file->purpose),
                       "invalid_" + std::string(param));
}

refusal find_files(const tuning_facts& facts, file_store& files, file_content& train,
                   file_content& valid) {
  const auto* file = files.find(facts.training_file);
  if (auto error = check_file_object(file, facts.training_file, "training_file")) return error;
  train = file->content;
  if (facts.validation_file.empty()) return {};
  file = files.find(facts.validation_file);
  if (auto error = check_file_object(file, facts.validation_file, "validation_file")) return error;
  valid = file->content;
  return {};
}

/// The pairs that jobs must have: metadata[name]=value.
std::vector<std::pair<std::string, std::string>> wanted_metadata(const query& q) {
  constexpr std::string_view begin = "metadata[";
  std::vector<std::pair<std::string, std::string>> wanted;
  for (const auto& [name, value] : q.fields())
    if (name.starts_with(begin) && name.ends_with(']'))
      wanted.emplace_back(name.substr(begin.size(), name.size() - begin.size() - 1), value);
  return wanted;
}

bool has_all(const tuning_facts& job,
             const std::vector<std::pair<std::string, std::string>>& wanted) {
  return std::ranges::all_of(wanted, [&](const auto& pair) {
    return std::ranges::find(job.metadata, pair) != job.metadata.end();
  });
}

api_error no_such_job(std::string_view id) {
  return {404, fmt::format("Could not find fine tune: {}", id), "fine_tune_id",
          "fine_tune_not_found"};
}

api_error wrong_status(std::string_view what, tuning_status status) {
  return bad_parameter(
      "", fmt::format("Cannot {} a fine-tuning job with status '{}'.", what, name_of(status)),
      "invalid_status");
}

template <class List, class Write>
admission_result list_of(const call& c, const List& list, std::size_t usual, Write write) {
  page_request wanted;
  wanted.limit = usual;
  if (auto error = read_page(query(c.request.target), longest_events, false, wanted))
    return *std::move(error);
  return answer_with([wanted, &list, write] {
    reply r;
    r.body = list_json(take_page(list, wanted, [](const auto&) { return true; }), write);
    return r;
  });
}

}  // namespace

admission_result create_tuning_job(const call& c, tuning_store& jobs, file_store& files) {
  if (jobs.is_closed()) return closed();
  tuning_facts facts;
  if (auto error = read_tuning_request(c, facts)) return *std::move(error);
  file_content train, valid;
  if (auto error = find_files(facts, files, train, valid)) return *std::move(error);
  return answer_with([facts, train, valid, &jobs] {
    auto r = show(jobs.create(facts, train, valid));
    if (jobs.loses_answer()) r.how = delivery::drop;
    return r;
  });
}

admission_result list_tuning_jobs(const call& c, tuning_store& jobs) {
  const query q(c.request.target);
  page_request wanted;
  if (auto error = read_page(q, longest_list, false, wanted)) return *std::move(error);
  return answer_with([wanted, pairs = wanted_metadata(q), &jobs] {
    const auto page = take_page(jobs.all(), wanted,
                                [&](const training& job) { return has_all(job.facts(), pairs); });
    reply r;
    r.body = list_json(
        page, [](json_writer& json, const training& job) { write_job(json, job.facts()); });
    return r;
  });
}

admission_result show_tuning_job(const call& c, tuning_store& jobs) {
  const auto* job = jobs.find(c.id);
  if (!job) return no_such_job(c.id);
  return answer_with([job] { return show(job->facts()); });
}

admission_result cancel_tuning_job(const call& c, tuning_store& jobs) {
  auto* job = jobs.find(c.id);
  if (!job) return no_such_job(c.id);
  if (is_final(job->facts().status)) return wrong_status("cancel", job->facts().status);
  return answer_with([job] {
    job->cancel();
    return show(job->facts());
  });
}

admission_result pause_tuning_job(const call& c, tuning_store& jobs) {
  auto* job = jobs.find(c.id);
  if (!job) return no_such_job(c.id);
  const auto status = job->facts().status;
  if (status != tuning_status::queued && status != tuning_status::running)
    return wrong_status("pause", status);
  return answer_with([job] {
    job->pause();
    return show(job->facts());
  });
}

admission_result resume_tuning_job(const call& c, tuning_store& jobs) {
  auto* job = jobs.find(c.id);
  if (!job) return no_such_job(c.id);
  if (job->facts().status != tuning_status::paused)
    return wrong_status("resume", job->facts().status);
  return answer_with([job] {
    job->resume();
    return show(job->facts());
  });
}

admission_result list_tuning_events(const call& c, tuning_store& jobs) {
  const auto* job = jobs.find(c.id);
  if (!job) return no_such_job(c.id);
  return list_of(c, job->events(), page_request().limit, write_event);
}

admission_result list_tuning_checkpoints(const call& c, tuning_store& jobs) {
  const auto* job = jobs.find(c.id);
  if (!job) return no_such_job(c.id);
  return list_of(c, job->checkpoints(), usual_checkpoints, write_checkpoint);
}

}  // namespace batchmill::simulator_detail
