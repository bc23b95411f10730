// batchmill files list|upload|download|delete
#include <fmt/format.h>

#include <filesystem>

#include "batchmill/duration.hpp"
#include "runner/cli/api_options.hpp"
#include "runner/cli/commands.hpp"
#include "runner/cli/remote_session.hpp"
#include "runner/progress/text.hpp"

namespace batchmill::cli {
namespace {

constexpr unsigned files_a_page = 1000;

struct files_arguments {
  api_options api;
  std::vector<std::string> ids;
  std::string path;
  std::string purpose;
  std::string name;
  std::string expires_after;
  std::uint64_t limit = 0;
  bool force = false;
};

int list_files(const files_arguments& arguments) {
  remote_session session(api_of(arguments.api));
  const auto files = collect<remote_file>(session, arguments.limit, [&](const std::string& after) {
    return session.client().list_files(arguments.purpose, after, files_a_page);
  });
  print_list(files, arguments.api.json, session.now());
  return exit_code::ok;
}

std::int64_t seconds_of(const std::string& text) {
  if (text.empty()) return 0;
  const auto span = parse_duration(text);
  if (!span || *span < std::chrono::seconds(1)) {
    throw usage_error(fmt::format("--expires-after: `{}` is no time such as 12h or 7d", text));
  }
  return std::chrono::duration_cast<std::chrono::seconds>(*span).count();
}

int upload_by_hand(const files_arguments& arguments) {
  const std::string given = std::filesystem::path(arguments.path).filename().string();
  upload_order order(arguments.path, arguments.name.empty() ? given : arguments.name,
                     arguments.purpose);
  order.expires_after = seconds_of(arguments.expires_after);
  remote_session session(api_of(arguments.api));
  const remote_file file = upload_from(session, order);
  if (arguments.api.json) {
    fmt::print("{}\n", json_of(file).line());
  } else {
    fmt::print("{}\n", escape_controls(file.id));
  }
  return exit_code::ok;
}

int download_by_hand(const files_arguments& arguments) {
  remote_session session(api_of(arguments.api));
  const std::string& id = arguments.ids.front();
  const remote_file file = session.finish(session.client().file(id));
  const std::string path = arguments.path.empty()
                               ? file_name_of(file.filename, file_name_of(id, "file"))
                               : arguments.path;
  if (path == "-") {
    print_content(session, file);
  } else {
    fetch(session, file, path, arguments.api.json, arguments.force);
  }
  return exit_code::ok;
}

/// The server, too, calls it a success when there is nothing to delete.
remote_result<void> delete_one(remote_session& session, const std::string& id) {
  const auto known = session.attempt(session.client().file(id));
  if (!known) return known.error();
  return session.attempt(session.client().delete_file(id));
}

int delete_by_hand(const files_arguments& arguments) {
  remote_session session(api_of(arguments.api));
  int result = exit_code::ok;
  for (const std::string& id : arguments.ids) {
    const auto gone = delete_one(session, id);
    if (gone) {
      fmt::print("{}\n", arguments.api.json ? json_object().text("deleted", id).line() : id);
      continue;
    }
    fmt::print(stderr, "batchmill: {}: {}\n", escape_controls(id), sentence_of(gone.error()));
    result = exit_code::stopped;
    if (gone.error().kind == failure_kind::denied) break;
  }
  return result;
}

void add_upload_options(CLI::App& command, files_arguments& arguments) {
  command.add_option("FILE", arguments.path, "The file to upload")->required()->type_name("");
  command
      .add_option("--purpose", arguments.purpose,
                  "What it is for: batch, fine-tune, user_data, vision, evals, assistants")
      ->required()
      ->type_name("PURPOSE");
  command.add_option("--name", arguments.name, "Its name there; default: its name here")
      ->type_name("NAME");
  command
      .add_option("--expires-after", arguments.expires_after,
                  "Have it deleted so long after, 1h to 30d, e.g. 7d")
      ->type_name("TIME");
}

}  // namespace

void add_files(CLI::App& app, int& exit) {
  const auto arguments = std::make_shared<files_arguments>();
  CLI::App* group = app.add_subcommand("files", "The account's files, by hand");
  group->require_subcommand(1);
  const auto add = [&](const char* name, const char* what, int (*act)(const files_arguments&)) {
    CLI::App* command = group->add_subcommand(name, what);
    add_api_options(*command, arguments->api);
    command->callback([arguments, act, &exit] { exit = act(*arguments); });
    return command;
  };
  CLI::App* list = add("list", "List files, the newest first", list_files);
  list->add_option("--purpose", arguments->purpose, "Only those for this, e.g. batch_output")
      ->type_name("PURPOSE");
  list->add_option("--limit", arguments->limit, "No more than N; default: all")->type_name("N");
  add_upload_options(*add("upload", "Upload a file and print its id", upload_by_hand), *arguments);
  CLI::App* down = add("download", "Bring a file's content here", download_by_hand);
  down->add_option("ID", arguments->ids, "The file, file-...")
      ->required()
      ->expected(1)
      ->type_name("");
  down->add_option("-o,--output", arguments->path,
                   "Where to; - is standard output; default: its own name, in this folder")
      ->type_name("FILE");
  down->add_flag("--force", arguments->force, "Replace a file that is there already");
  add("delete", "Delete files", delete_by_hand)
      ->add_option("ID", arguments->ids, "The files, file-...")
      ->required()
      ->type_name("");
}

}  // namespace batchmill::cli
