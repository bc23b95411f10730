// What the keys of a spec must be together.
#include "runner/spec/rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <initializer_list>
#include <string>

#include "batchmill/duration.hpp"
#include "runner/spec/keys.hpp"

namespace batchmill::spec {

namespace {

void check_required(const node& root) {
  for (const auto& k : all_keys()) {
    if (!k.required || find_value(root, k.path) != nullptr) continue;
    const auto* section = find_value(root, k.parent());
    fail(section != nullptr ? section->at : root.at,
         fmt::format("`{}` is missing; add it, for example `{}: {{{}: {}}}`", k.path, k.parent(),
                     k.name(), k.example));
  }
}

void check_template(const job_spec& spec, const node& root) {
  const auto* body = find_value(root, "template");
  const auto* format = find_value(root, "input.format");
  if (format == nullptr) return;
  if (*spec.input.format == row_format::rows && body == nullptr)
    fail(format->at,
         "rows need a `template` for their request bodies; add one, or set the format to bodies "
         "or batch if the lines are requests already");
  if (*spec.input.format == row_format::files) return;
  if (*spec.input.format != row_format::rows && body != nullptr)
    fail(body->at, fmt::format("`template` is for rows, but `input.format` is {}; remove one of "
                               "the two",
                               format->text));
}

void check_key_sources(const node& root) {
  const node* first = nullptr;
  std::string_view first_path;
  for (const std::string_view path : {"api.key_env", "api.key_file", "api.key_fd"}) {
    const auto* value = find_value(root, path);
    if (value == nullptr) continue;
    if (first != nullptr)
      fail(value->at, fmt::format("`{}` and `{}` both say where the API key is; keep one of them",
                                  first_path, path));
    first = value;
    first_path = path;
  }
}

void check_azure(const job_spec& spec, const node& root) {
  const auto* flavor = find_value(root, "api.flavor");
  const auto* version = find_value(root, "api.api_version");
  if (spec.api.flavor != api_flavor::azure) {
    if (version != nullptr)
      fail(version->at, "`api.api_version` is for Azure; add `flavor: azure`, or remove it");
    return;
  }
  if (find_value(root, "api.base_url") == nullptr)
    fail(flavor->at,
         "Azure needs the address of its resource; add for example "
         "`base_url: https://my-resource.openai.azure.com` under `api`");
}

void check_delays(const job_spec& spec, const node& root) {
  const auto& retry = spec.retry;
  if (retry.initial_delay <= retry.max_delay) return;
  const auto* longest = find_value(root, "retry.max_delay");
  const auto* value = longest != nullptr ? longest : find_value(root, "retry.initial_delay");
  fail(value->at,
       fmt::format("`retry.max_delay` is {} but `retry.initial_delay` is {}; make the "
                   "first at least as long as the second",
                   format_duration(retry.max_delay), format_duration(retry.initial_delay)));
}

/// Results must not be written over rows that are still read, nor over each other.
void check_files(const job_spec& spec, const node& root) {
  const auto normal = [](const std::string& path) {
    return std::filesystem::path(path).lexically_normal();
  };
  const auto refuse_same = [&](std::string_view path, const std::string& file,
                               std::string_view other_path, const std::string& other) {
    const auto* value = find_value(root, path);
    if (value == nullptr || file == "-" || normal(file) != normal(other)) return;
    fail(value->at, fmt::format("`{}` and `{}` are the same file; give them different names", path,
                                other_path));
  };
  for (const auto& input : spec.input.paths) {
    refuse_same("output.path", spec.output.path, "input.path", input);
    refuse_same("output.failed", spec.output.failed, "input.path", input);
  }
  refuse_same("output.failed", spec.output.failed, "output.path", spec.output.path);
}

void check_expectation(const job_spec& spec, const node& root) {
  const auto* expect = find_value(root, "expect");
  if (expect == nullptr || expect->kind == node_kind::null) return;
  if (!spec.expect.given())
    fail(expect->at,
         "`expect` says nothing about the answer; add `schema`, `one_of` or `finish: stop`");
  const bool both = find_value(*expect, "schema") != nullptr && !spec.expect.one_of.empty();
  if (both)
    fail(expect->at,
         "`expect.schema` and `expect.one_of` cannot both be; put an `enum` into the schema");
}

}  // namespace

const node* find_value(const node& root, std::string_view path) {
  const node* value = &root;
  while (!path.empty() && value != nullptr) {
    const auto dot = path.find('.');
    value = value->find(path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return value;
}

bool takes_recordings(const job_spec& spec) {
  constexpr auto suffixes = std::to_array<std::string_view>(
      {".flac", ".mp3", ".mp4", ".mpeg", ".mpga", ".m4a", ".ogg", ".wav", ".webm"});
  const std::string_view endpoint = spec.endpoint;
  if (!endpoint.ends_with("/audio/transcriptions") && !endpoint.ends_with("/audio/translations"))
    return false;
  return std::ranges::all_of(spec.input.paths, [&](const std::string& path) {
    return std::ranges::find(suffixes, std::filesystem::path(path).extension().string()) !=
           suffixes.end();
  });
}

void check_together(const job_spec& spec, const node& root) {
  check_required(root);
  check_template(spec, root);
  check_expectation(spec, root);
  check_key_sources(root);
  check_azure(spec, root);
  check_delays(spec, root);
  check_files(spec, root);
}

}  // namespace batchmill::spec
