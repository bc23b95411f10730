#include "runner/cli/tuning_session.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "batchmill/models.hpp"
#include "jobs/base64_text.hpp"
#include "runner/cli/commands.hpp"
#include "runner/fine_tuning/submission_book.hpp"
#include "runner/fine_tuning/watch.hpp"
#include "runner/spec/tuning_spec.hpp"

namespace batchmill::cli {
namespace {

constexpr int interrupted = 130;
constexpr std::string_view csv_begin = "step,";

/// Some servers give the file in base64.
std::string plain_csv(std::string content) {
  if (content.starts_with(csv_begin)) return content;
  const auto decoded = jobs::from_base64(content);
  return decoded && decoded->starts_with(csv_begin) ? *decoded : content;
}

std::string read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void write_whole(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) throw run_error(fmt::format("cannot write {}", path));
}

/// Brings the job's metrics here; returns where they are, empty when there are none.
std::string fetch_metrics(remote_session& session, const remote_tuning_job& job,
                          const watch_options& options) {
  if (job.result_files.empty()) return {};
  const std::string path =
      options.metrics.empty() ? file_name_of(job.id, "job") + ".metrics.csv" : options.metrics;
  const std::string part = path + ".part";
  std::filesystem::remove(part);
  session.finish(session.client().download(job.result_files.front(), part, std::nullopt));
  write_whole(part, plain_csv(read_whole(part)));
  std::filesystem::rename(part, path);
  return path;
}

std::optional<money> cost_of_training(const job_spec& way, const remote_tuning_job& job) {
  const auto model = model_catalogue::of(way).find(job.model);
  if (!job.trained_tokens || !model || !model->tuning || !model->tuning->price) return std::nullopt;
  return money::dollars(*model->tuning->price * static_cast<double>(*job.trained_tokens) / 1e6);
}

int code_of(tuning_status status) {
  if (status == tuning_status::succeeded) return exit_code::ok;
  return status == tuning_status::failed ? exit_code::rows_faulty : exit_code::stopped;
}

void tell_end(remote_session& session, const named_job& named, const remote_tuning_job& job,
              const watch_options& options, bool json) {
  const auto checkpoints = session.finish(all_checkpoints(session.tuning(), job.id));
  const std::string metrics = fetch_metrics(session, job, options);
  const auto cost = cost_of_training(named.way, job);
  if (!json) {
    fmt::print("{}", tuning_summary(job, checkpoints, cost, metrics));
    return;
  }
  json_object object = json_of(job);
  std::vector<json_object> list;
  for (const remote_checkpoint& checkpoint : checkpoints) list.push_back(json_of(checkpoint));
  object.list("checkpoints", std::move(list)).text_or_null("metrics_file", metrics);
  if (cost) {
    object.dollars("cost_usd", *cost);
  } else {
    object.null("cost_usd");
  }
  fmt::print("{}\n", object.line());
}

progress_options display_options(const watch_options& options, bool json) {
  progress_options how;
  how.fd = 1;
  how.quiet = options.quiet;
  if (json)
    how.how = progress_options::style::json;
  else if (options.no_progress)
    how.how = progress_options::style::plain;
  return how;
}

}  // namespace

named_job find_named_job(const std::string& name, const api_options& api) {
  named_job job;
  job.name = name;
  const bool is_spec = name.ends_with(".yaml") || name.ends_with(".yml");
  if (!is_spec && !std::filesystem::is_regular_file(name)) {
    job.id = name;
    job.way = api_of(api);
    return job;
  }
  job.way = load_tuning_spec(name, named_files::may_be_gone).way;
  apply_server_options(api, job.way);
  job.id = look_at_submitted_job(name);
  if (!job.id.empty()) return job;
  throw usage_error(
      fmt::format("{}: no job was submitted from it, as far as is known here; submit "
                  "it with `batchmill finetune submit {}`, or name a job, ftjob-...",
                  name, name));
}

duration time_of_option(const char* option, const std::string& text) {
  const auto time = parse_duration(text);
  if (time && *time > duration::zero()) return *time;
  throw usage_error(fmt::format("{}: `{}` is no time such as 5s or 2m", option, text));
}

void add_watch_options(CLI::App& command, watch_options& options) {
  command.add_option("--poll", options.poll, "Time between two looks at the job")
      ->type_name("TIME")
      ->capture_default_str();
  command
      .add_option("--metrics", options.metrics,
                  "Where the metrics go as CSV at the end; default: JOB.metrics.csv")
      ->type_name("FILE");
  command.add_flag("-q,--quiet", options.quiet, "No events, only the end");
  command.add_flag("--no-progress", options.no_progress, "Events as lines, no live picture");
}

int watch_to_the_end(remote_session& session, const named_job& named, const watch_options& options,
                     bool json) {
  const duration poll = time_of_option("--poll", options.poll);
  const auto display = make_tuning_display(display_options(options, json));
  session.tell_waits_to([&](const remote_failure& why, duration wait) {
    display->notice(severity::warning, fmt::format("{}; the next attempt is in {}", reason_of(why),
                                                   format_duration(wait)));
  });
  tuning_watch watch(session.tuning(), session.time(), *display, poll);
  const auto job = session.attempt_until_signal(watch.run(named.id));
  if (!job) {
    display->finished();
    fmt::print(stderr,
               "batchmill: {} goes on without being watched; `batchmill finetune watch {}` comes "
               "back to it\n",
               named.id, named.name);
    return interrupted;
  }
  if (!*job) throw run_error(sentence_of(job->error()));
  display->finished();
  tell_end(session, named, **job, options, json);
  return code_of((*job)->status);
}

}  // namespace batchmill::cli
