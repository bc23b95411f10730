// The JSON Schema: well formed, complete, and of one mind with the loader.
#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "batchmill/job_spec.hpp"
#include "runner/spec/keys.hpp"
#include "runner/spec/yaml_tree.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/spec/full_spec.hpp"
#include "tests/unit/spec/spec_file.hpp"

namespace json = boost::json;
using batchmill::job_spec_schema;
using batchmill::spec::all_keys;
using batchmill::spec::key;
using batchmill::spec::node;
using batchmill::testing::spec_file;

namespace {

const json::object& schema() {
  static const json::value parsed = json::parse(job_spec_schema());
  return parsed.as_object();
}

/// The schema of the key at a dotted path; null when it has none.
const json::object* schema_at(std::string_view path) {
  const json::object* at = &schema();
  while (!path.empty()) {
    const auto dot = path.find('.');
    const auto* properties = at->if_contains("properties");
    const auto* found =
        properties == nullptr ? nullptr : properties->as_object().if_contains(path.substr(0, dot));
    if (found == nullptr) return nullptr;
    at = &found->as_object();
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return at;
}

bool is_free(const json::object& of) {
  return of.at("type").is_string() && of.at("type").as_string() == "object" &&
         !of.contains("properties");
}

void check_keys(const node& mapping, const std::string& path) {
  for (std::size_t i = 0; i < mapping.keys.size(); ++i) {
    const auto below = batchmill::spec::join_path(path, mapping.keys[i].text);
    CAPTURE(below);
    const auto* found = schema_at(below);
    REQUIRE(found != nullptr);
    if (!mapping.items[i].keys.empty() && !is_free(*found)) check_keys(mapping.items[i], below);
  }
}

}  // namespace

TEST_CASE("the schema is draft-07 and has every key of the full spec") {
  CHECK(schema().at("$schema").as_string() == "http://json-schema.org/draft-07/schema#");
  const batchmill::spec::yaml_text text(std::string(batchmill::testing::full_spec), "f", true);
  check_keys(*batchmill::spec::parse_yaml(text), "");
}

TEST_CASE("every key is described, and nothing else is allowed") {
  CHECK(schema().at("additionalProperties") == json::value(false));
  for (const auto& k : all_keys()) {
    CAPTURE(k.path);
    const auto* found = schema_at(k.path);
    REQUIRE(found != nullptr);
    CHECK(found->at("description").as_string().ends_with('.'));
    if (k.is_section()) CHECK(found->at("additionalProperties") == json::value(false));
  }
}

TEST_CASE("the schema knows defaults, names, limits and what is required") {
  const auto at = [](std::string_view path) -> const json::object& { return *schema_at(path); };
  CHECK(at("api.timeout").at("default") == json::value("10m"));
  CHECK(at("api.base_url").at("default") == json::value("https://api.openai.com/v1"));
  CHECK(at("limits.concurrency").at("default") == json::value("auto"));
  CHECK(at("limits.share").at("default") == json::value(1));
  CHECK(at("retry.attempts").at("default") == json::value(6));
  CHECK(at("retry.initial_delay").at("default") == json::value("500ms"));
  CHECK(at("stop.failures").at("default") == json::value(0.5));
  CHECK(at("output.format").at("default") == json::value("batch"));
  CHECK_FALSE(at("model").contains("default"));
  CHECK(at("input.format").at("enum") == json::value{"rows", "bodies", "batch", "files"});
  CHECK(schema().at("required") == json::value(json::array{"input"}));
  CHECK(at("limits").at("type") == json::value{"object", "null", "string"});
  CHECK(at("input").at("type") == json::value("object"));
  CHECK(at("input").at("required") == json::value(json::array{"path"}));
  const auto& whole = at("retry.attempts").at("anyOf").as_array().at(0).as_object();
  CHECK(whole.at("type") == json::value("integer"));
  CHECK(whole.at("minimum") == json::value(1));
  CHECK(whole.at("maximum") == json::value(1000));
  CHECK(at("limits.share").at("anyOf").as_array().back() == json::value{{"const", "auto"}});
}

TEST_CASE("the example of every key loads") {
  for (const auto& k : all_keys()) {
    if (k.is_section() || k.path == "models") continue;  // a file that must be there
    const auto setting = std::string(k.path) + "=" + std::string(k.example);
    CAPTURE(setting);
    const bool azure = k.path == "api.flavor" || k.path == "api.api_version";
    const std::string api = azure ? "api: {flavor: azure, base_url: 'https://a'}\n" : "";
    CHECK(spec_file("input: {path: a}\ntemplate: {a: b}\nexpect: {finish: stop}\n" + api)
              .complaint({setting}) == "");
  }
}
