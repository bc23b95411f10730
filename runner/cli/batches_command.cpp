// batchmill batches list|show|create|cancel|download
#include <fmt/format.h>

#include <filesystem>

#include "runner/cli/api_options.hpp"
#include "runner/cli/commands.hpp"
#include "runner/cli/remote_session.hpp"
#include "runner/progress/text.hpp"

namespace batchmill::cli {
namespace {

constexpr unsigned batches_a_page = 100;

struct batches_arguments {
  api_options api;
  std::string id;
  std::uint64_t limit = 0;
  std::string folder = ".";
  std::string endpoint;
  std::vector<std::string> metadata;
  bool force = false;
};

int list_batches(const batches_arguments& arguments) {
  remote_session session(api_of(arguments.api));
  const auto batches =
      collect<remote_batch>(session, arguments.limit, [&](const std::string& after) {
        return session.client().list_batches(after, batches_a_page);
      });
  print_list(batches, arguments.api.json, session.now());
  return exit_code::ok;
}

int show_batch(const batches_arguments& arguments) {
  remote_session session(api_of(arguments.api));
  const remote_batch batch = session.finish(session.client().batch(arguments.id));
  fmt::print("{}",
             arguments.api.json ? json_of(batch).line() + "\n" : details_of(batch, session.now()));
  return exit_code::ok;
}

std::pair<std::string, std::string> pair_of(const std::string& text) {
  const std::size_t at = text.find('=');
  if (at != std::string::npos && at > 0) return {text.substr(0, at), text.substr(at + 1)};
  throw usage_error(fmt::format("--metadata: `{}` is not of the form KEY=VALUE", text));
}

/// A file here is uploaded; anything else is the id of a file there.
std::string input_of(remote_session& session, const std::string& given) {
  if (!std::filesystem::exists(given) && given.starts_with("file-")) return given;
  const std::string name = std::filesystem::path(given).filename().string();
  return upload_from(session, upload_order(given, name, "batch")).id;
}

int create_batch(const batches_arguments& arguments) {
  batch_order order("", arguments.endpoint);
  for (const std::string& text : arguments.metadata) order.metadata.push_back(pair_of(text));
  remote_session session(api_of(arguments.api));
  order.input_file_id = input_of(session, arguments.id);
  const remote_batch batch = session.finish(session.client().create_batch(order));
  fmt::print("{}\n", arguments.api.json ? json_of(batch).line() : batch.id);
  return exit_code::ok;
}

int cancel_batch(const batches_arguments& arguments) {
  remote_session session(api_of(arguments.api));
  const remote_batch batch = session.finish(session.client().cancel_batch(arguments.id));
  if (arguments.api.json) {
    fmt::print("{}\n", json_of(batch).line());
  } else {
    fmt::print("{} is {}\n", escape_controls(batch.id), escape_controls(batch.status_text));
  }
  return exit_code::ok;
}

void fetch_part(remote_session& session, const batches_arguments& arguments,
                const std::string& file_id, const char* suffix) {
  if (file_id.empty()) return;
  const remote_file file = session.finish(session.client().file(file_id));
  const std::filesystem::path folder(arguments.folder);
  const std::string path = (folder / (file_name_of(arguments.id, "batch") + suffix)).string();
  fetch(session, file, path, arguments.api.json, arguments.force);
}

int download_batch(const batches_arguments& arguments) {
  remote_session session(api_of(arguments.api));
  const remote_batch batch = session.finish(session.client().batch(arguments.id));
  if (batch.output_file_id.empty() && batch.error_file_id.empty()) {
    throw run_error(fmt::format("{} is {} and has no files to download", batch.id,
                                batch.status_text.empty() ? "unknown" : batch.status_text));
  }
  std::filesystem::create_directories(arguments.folder);
  fetch_part(session, arguments, batch.output_file_id, ".output.jsonl");
  fetch_part(session, arguments, batch.error_file_id, ".errors.jsonl");
  return exit_code::ok;
}

}  // namespace

void add_batches(CLI::App& app, int& exit) {
  const auto arguments = std::make_shared<batches_arguments>();
  CLI::App* group = app.add_subcommand("batches", "The account's batches, by hand");
  group->require_subcommand(1);
  const auto add = [&](const char* name, const char* what, int (*act)(const batches_arguments&)) {
    CLI::App* command = group->add_subcommand(name, what);
    add_api_options(*command, arguments->api);
    command->callback([arguments, act, &exit] { exit = act(*arguments); });
    return command;
  };
  const auto add_id = [&](CLI::App* command) {
    command->add_option("ID", arguments->id, "The batch, batch_...")->required()->type_name("");
    return command;
  };
  add("list", "List batches, the newest first", list_batches)
      ->add_option("--limit", arguments->limit, "No more than N; default: all")
      ->type_name("N");
  add_id(add("show", "Tell all about one batch", show_batch));
  add_id(add("cancel", "Stop a batch; what it has finished stays", cancel_batch));
  CLI::App* down =
      add_id(add("download", "Bring a batch's output and error file here", download_batch));
  down->add_option("-o,--output", arguments->folder, "Folder for them; default: this one")
      ->type_name("DIR");
  down->add_flag("--force", arguments->force, "Replace files that are there already");
  CLI::App* create = add("create", "Create a batch and print its id", create_batch);
  create->add_option("FILE", arguments->id, "The requests: a file, which is uploaded, or file-...")
      ->required()
      ->type_name("");
  create->add_option("--endpoint", arguments->endpoint, "Where they go, e.g. /v1/chat/completions")
      ->required()
      ->type_name("PATH");
  create->add_option("--metadata", arguments->metadata, "A note on the batch; repeatable")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

}  // namespace batchmill::cli
