// batchmill finetune list|show|cancel|pause|resume|checkpoints|watch
#include <fmt/format.h>

#include "runner/cli/commands.hpp"
#include "runner/cli/finetune_commands.hpp"
#include "runner/cli/tuning_session.hpp"
#include "runner/fine_tuning/watch.hpp"

namespace batchmill::cli {
namespace {

constexpr unsigned tuning_jobs_a_page = 100;

struct tuning_arguments {
  api_options api;
  std::string job;
  std::uint64_t limit = 0;
  watch_options watch;
};

int list_tuning_jobs(const tuning_arguments& arguments) {
  remote_session session(api_of(arguments.api));
  const auto jobs =
      collect<remote_tuning_job>(session, arguments.limit, [&](const std::string& after) {
        return session.tuning().list_jobs(after, tuning_jobs_a_page);
      });
  print_list(jobs, arguments.api.json, session.now());
  return exit_code::ok;
}

int show_tuning_job(const tuning_arguments& arguments) {
  const named_job named = find_named_job(arguments.job, arguments.api);
  remote_session session(named.way);
  const remote_tuning_job job = session.finish(session.tuning().job(named.id));
  fmt::print("{}",
             arguments.api.json ? json_of(job).line() + "\n" : details_of(job, session.now()));
  return exit_code::ok;
}

using tuning_change = awaitable<remote_result<remote_tuning_job>> (tuning_client::*)(std::string);

template <tuning_change Change>
int change_tuning_job(const tuning_arguments& arguments) {
  const named_job named = find_named_job(arguments.job, arguments.api);
  remote_session session(named.way);
  const remote_tuning_job job = session.finish((session.tuning().*Change)(named.id));
  if (arguments.api.json) {
    fmt::print("{}\n", json_of(job).line());
  } else {
    fmt::print("{} is {}\n", job.id, job.status_text);
  }
  return exit_code::ok;
}

int list_tuning_checkpoints(const tuning_arguments& arguments) {
  const named_job named = find_named_job(arguments.job, arguments.api);
  remote_session session(named.way);
  const auto checkpoints = session.finish(all_checkpoints(session.tuning(), named.id));
  print_list(checkpoints, arguments.api.json, session.now());
  return exit_code::ok;
}

int watch_tuning_job(const tuning_arguments& arguments) {
  const named_job named = find_named_job(arguments.job, arguments.api);
  remote_session session(named.way);
  return watch_to_the_end(session, named, arguments.watch, arguments.api.json);
}

CLI::App* add_tuning_command(CLI::App& group, int& exit, const char* name, const char* what,
                             int (*act)(const tuning_arguments&),
                             const std::shared_ptr<tuning_arguments>& arguments) {
  CLI::App* command = group.add_subcommand(name, what);
  add_api_options(*command, arguments->api);
  command->callback([arguments, act, &exit] { exit = act(*arguments); });
  return command;
}

void add_tuning_job(CLI::App& command, tuning_arguments& arguments) {
  command.add_option("JOB", arguments.job, "The job, ftjob-..., or the spec it was submitted from")
      ->required()
      ->type_name("");
}

}  // namespace

void add_finetune_jobs(CLI::App& group, int& exit) {
  const auto arguments = std::make_shared<tuning_arguments>();
  const auto add = [&](const char* name, const char* what, int (*act)(const tuning_arguments&)) {
    return add_tuning_command(group, exit, name, what, act, arguments);
  };
  add("list", "List fine-tuning jobs, the newest first", list_tuning_jobs)
      ->add_option("--limit", arguments->limit, "No more than N; default: all")
      ->type_name("N");
  for (CLI::App* command :
       {add("show", "Tell all about one job", show_tuning_job),
        add("cancel", "Stop a job for good; its checkpoints stay",
            change_tuning_job<&tuning_client::cancel_job>),
        add("pause", "Let a job rest", change_tuning_job<&tuning_client::pause_job>),
        add("resume", "Let a job that rests go on", change_tuning_job<&tuning_client::resume_job>),
        add("checkpoints", "List a job's checkpoints, the newest first",
            list_tuning_checkpoints)}) {
    add_tuning_job(*command, *arguments);
  }
}

void add_finetune_watch(CLI::App& group, int& exit) {
  const auto arguments = std::make_shared<tuning_arguments>();
  CLI::App* command = add_tuning_command(
      group, exit, "watch",
      "Follow a job to its end: its events, a live picture of loss and accuracy, what it cost",
      watch_tuning_job, arguments);
  add_tuning_job(*command, *arguments);
  add_watch_options(*command, arguments->watch);
  command->footer(
      "Exit codes: 0 the job succeeded; 1 it failed; 2 wrong usage; 3 it was cancelled, or the "
      "API\n"
      "cannot be asked; 130 interrupted: the job goes on.");
}

}  // namespace batchmill::cli
