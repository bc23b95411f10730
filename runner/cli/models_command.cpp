// batchmill models [PATTERN]
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fnmatch.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>

#include "batchmill/error.hpp"
#include "batchmill/json_minify.hpp"
#include "batchmill/json_text.hpp"
#include "batchmill/nearest_name.hpp"
#include "jobs/endpoint.hpp"
#include "runner/cli/commands.hpp"
#include "runner/cli/model_table.hpp"
#include "runner/connection.hpp"
#include "runner/engine/real_clock.hpp"
#include "runner/model_advice.hpp"
#include "runner/progress/text.hpp"

namespace batchmill::cli {
namespace {

struct models_arguments {
  std::string pattern;
  std::string job;
  std::vector<std::string> set;
  std::string base_url;
  bool all = false;
  bool json = false;
  bool live = false;
};

job_spec spec_for(const models_arguments& arguments) {
  job_spec spec;
  if (!arguments.job.empty()) spec = load_job_spec(arguments.job, arguments.set);
  if (!arguments.base_url.empty()) spec.api.base_url = arguments.base_url;
  spec.endpoint = "/v1/models";
  return spec;
}

awaitable<void> fetch(transport& wire, const http_request& request, time_point deadline,
                      attempt_result& result) {
  result = co_await wire.send(request, deadline);
}

std::set<std::string, std::less<>> names_in(const http_response& response) {
  std::set<std::string, std::less<>> names;
  std::string body;
  if (json::minify(response.body, body)) throw run_error("the server's list of models is no JSON");
  if (response.status != 200) {
    const auto error = json::member(body, "error").value_or("");
    const auto message = json::unquote(json::member(error, "message").value_or(""));
    throw run_error(fmt::format("the server answered {} instead of its models{}", response.status,
                                message ? ": " + *message : ""));
  }
  json::for_each_element(json::member(body, "data").value_or(""), [&](std::string_view one) {
    if (auto name = json::unquote(json::member(one, "id").value_or("")))
      names.insert(escape_controls(*name));
    return true;
  });
  return names;
}

/// GET /v1/models, with the key and the way that the spec names.
std::set<std::string, std::less<>> ask_server(const job_spec& spec) {
  boost::asio::io_context io(1);
  const executor ex = io.get_executor();
  const std::unique_ptr<clock> time = make_real_clock(ex);
  const std::unique_ptr<transport> wire = connect_as(spec, ex);
  const http_request request("GET", jobs::request_target(spec), "");
  attempt_result result{transport_error()};
  std::exception_ptr failure;
  const time_point deadline = time->now() + std::chrono::seconds(30);
  boost::asio::co_spawn(ex, fetch(*wire, request, deadline, result), [&](std::exception_ptr e) {
    failure = e;
    wire->cancel();
  });
  io.run();
  if (failure) std::rethrow_exception(failure);
  if (!result) throw run_error("the server cannot be asked: " + result.error().detail);
  return names_in(*result);
}

bool matches(const std::string& pattern, const std::string& name) {
  if (pattern.empty()) return true;
  if (pattern.find_first_of("*?[") != std::string::npos) {
    return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
  }
  return name.find(pattern) != std::string::npos;
}

std::vector<model_info> choose(const models_arguments& arguments, const model_catalogue& models,
                               const live_names& live) {
  const bool everything = arguments.all || !arguments.pattern.empty();
  const std::string day = today();
  std::vector<model_info> chosen;
  for (const model_info& entry : models.all()) {
    const model_info model = *models.find(entry.name);
    const bool over = !model.shutdown.empty() && model.shutdown <= day;
    if (matches(arguments.pattern, model.name) && (everything || !over)) chosen.push_back(model);
  }
  if (!live) return chosen;
  for (const std::string& name : *live) {
    if (models.find(name) && !name.starts_with("ft:")) continue;
    if (!matches(arguments.pattern, name)) continue;
    model_info unknown = models.find(name).value_or(model_info());
    unknown.name = name;
    chosen.push_back(unknown);
  }
  return chosen;
}

/// "; did you mean gpt-4o-mini?", or nothing.
std::string near_to(const std::string& name, const model_catalogue& models) {
  std::vector<std::string_view> names;
  for (const model_info& model : models.all()) names.push_back(model.name);
  const std::string_view best = nearest_name(name, names);
  return best.empty() ? "" : fmt::format("; did you mean {}?", best);
}

int execute(const models_arguments& arguments) {
  const job_spec spec = spec_for(arguments);
  const model_catalogue models = model_catalogue::of(spec);
  live_names live;
  if (arguments.live) live = ask_server(spec);
  std::vector<model_info> chosen = choose(arguments, models, live);
  if (chosen.empty()) {
    if (const auto tuned = models.find(arguments.pattern)) chosen.push_back(*tuned);
  }
  const auto exact = std::ranges::find(chosen, arguments.pattern, &model_info::name);
  if (exact != chosen.end()) chosen = {model_info(*exact)};  // not those that are called like it
  if (arguments.json) {
    fmt::print("{}", model_json(chosen, live, models.as_of()));
    return chosen.empty() ? exit_code::rows_faulty : exit_code::ok;
  }
  if (chosen.empty()) {
    fmt::print(stderr, "batchmill: no model is called like {}{}\n", arguments.pattern,
               near_to(arguments.pattern, models));
    return exit_code::rows_faulty;
  }
  if (chosen.size() == 1) {
    fmt::print("{}", model_details(chosen.front(), live, today()));
  } else {
    fmt::print("{}\nDollars per million tokens, as of {}. `batchmill models NAME` tells more.\n",
               model_table(chosen, live, today()), models.as_of());
  }
  return exit_code::ok;
}

}  // namespace

void add_models(CLI::App& app, int& exit) {
  const auto arguments = std::make_shared<models_arguments>();
  CLI::App* command = app.add_subcommand(
      "models", "What is known of models: sizes, prices, limits, endpoints, how long they live");
  command->add_option("PATTERN", arguments->pattern, "A part of the name, or a pattern with *")
      ->type_name("");
  command->add_flag("--all", arguments->all, "Those that were shut down, too");
  command->add_flag("--json", arguments->json, "JSON instead of text");
  command->add_flag("--live", arguments->live,
                    "Ask the server which models the key may use, and mark them");
  CLI::Option* job =
      command
          ->add_option("--job,--spec", arguments->job, "Its `models` file, its server and its key")
          ->type_name("JOB.yaml");
  command->add_option("--set", arguments->set, "Override a key of the spec; repeatable")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false)
      ->needs(job);
  command
      ->add_option("--base-url,--api", arguments->base_url,
                   "The server to ask, instead of OpenAI's")
      ->type_name("URL");
  command->footer(
      "Exit codes: 0 there are such models; 1 there is none; 2 wrong usage or spec;\n"
      "3 the server cannot be asked.");
  command->callback([arguments, &exit] { exit = execute(*arguments); });
}

}  // namespace batchmill::cli
