#include "runner/fine_tuning/comparison_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string_view>

#include "batchmill/error.hpp"
#include "batchmill/json_text.hpp"
#include "runner/spec/settings.hpp"

namespace batchmill {
namespace fs = std::filesystem;
namespace {

constexpr const char* prompts_name = "prompts.jsonl";
constexpr auto own_keys =
    std::to_array<std::string_view>({"name", "endpoint", "method", "model", "models", "input",
                                     "template", "expect", "output", "pack", "api"});

/// Any name as one of a file.
std::string file_name_of(std::string name) {
  for (char& c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_';
    if (!plain) c = '_';
  }
  return name.starts_with('.') ? "_" + name : name;
}

void refuse_own(const std::vector<std::string>& settings) {
  for (const std::string& setting : settings) {
    const std::string key = setting.substr(0, setting.find_first_of(".="));
    if (std::ranges::find(own_keys, key) == own_keys.end()) continue;
    throw usage_error(fmt::format(
        "--set {}: `{}` is the same for every comparison of the spec; remove the option",
        setting.substr(0, setting.find('=')), key));
  }
}

std::string read_all(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

duration seconds_in(std::string_view object, std::string_view key) {
  const std::string text(json::member(object, key).value_or("0"));
  return std::chrono::duration_cast<duration>(
      std::chrono::duration<double>(std::strtod(text.c_str(), nullptr)));
}

}  // namespace

std::string comparison_folder(const std::string& spec, const std::string& file) {
  const std::string folder = fs::path(spec).filename().string() + ".compare";
  return file.empty() ? folder : folder + "/" + file_name_of(fs::path(file).filename().string());
}

void write_prompts(const fine_tuning::prompt_list& list, const std::string& folder) {
  std::error_code refused;
  fs::create_directories(folder, refused);
  if (refused) throw run_error(fmt::format("cannot make {}: {}", folder, refused.message()));
  const std::string path = folder + "/" + prompts_name;
  const std::string part = path + ".part";
  std::ofstream file(part, std::ios::binary | std::ios::trunc);
  for (const auto& prompt : list.prompts) file << prompt.body << '\n';
  file.close();
  if (!file) throw run_error("cannot write " + part);
  fs::rename(part, path);
}

std::vector<job_spec> comparison_jobs(const tuning_spec& spec, const std::string& folder,
                                      const std::string& endpoint,
                                      const std::vector<std::string>& models,
                                      const std::vector<std::string>& settings) {
  refuse_own(settings);
  std::vector<job_spec> jobs;
  std::set<std::string> taken;
  for (const std::string& model : models) {
    job_spec& job = jobs.emplace_back(spec.way);
    spec::apply_settings(settings, job);
    std::string name = file_name_of(model);
    while (!taken.insert(name).second) name += "_";
    job.name = "comparison";
    job.endpoint = endpoint;
    job.model = model;
    if (model != spec.model) job.marks.erase("model");  // it was not named there
    job.input.paths = {folder + "/" + prompts_name};
    job.input.format = row_format::bodies;
    job.output.path = folder + "/" + name + ".results.jsonl";
    job.output.keep_ledger = true;  // so that other prompts cost no more than what is new in them
  }
  return jobs;
}

fine_tuning::model_answers answers_of(const job_spec& job) {
  fine_tuning::model_answers answers;
  answers.model = job.model;
  answers.results = job.resolve(job.output.path);
  answers.how = job.mode == run_mode::online ? billing::online : billing::batch;
  // Tiers have prices of their own.
  const bool usual = !json::member(job.parameters.text, "service_tier");
  if (usual) answers.info = model_catalogue::of(job).find(job.model);
  return answers;
}

void tell_latency(const job_spec& job, const run_summary& summary,
                  fine_tuning::model_score& score) {
  score.latency_p50 = summary.latency_p50;
  score.latency_p95 = summary.latency_p95;
  if (score.latency_p50 > duration::zero()) return;
  std::string kept;
  if (json::minify(read_all(job.resolve(job.output.path) + ".summary.json"), kept)) return;
  const std::string_view latency = json::member(kept, "latency_seconds").value_or("");
  score.latency_p50 = seconds_in(latency, "p50");
  score.latency_p95 = seconds_in(latency, "p95");
}

std::string demanded_schema(const job_spec& job) {
  const auto format = json::member(job.parameters.text, "response_format");
  const auto wrapped = json::member(format.value_or(""), "json_schema");
  return std::string(json::member(wrapped.value_or(""), "schema").value_or(""));
}

}  // namespace batchmill
