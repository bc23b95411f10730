// What to say about a key that does not exist.
#include "runner/spec/unknown_key.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "batchmill/nearest_name.hpp"
#include "runner/spec/keys.hpp"
#include "runner/spec/scalars.hpp"
#include "runner/spec/secrets.hpp"

namespace batchmill::spec {

namespace {

struct familiar_name {
  std::string_view name;
  std::string_view path;
};

// What users of the API would look for, and where it stands here.
constexpr std::array familiar_names{
    familiar_name{"rpm", "limits.requests_per_minute"},
    familiar_name{"tpm", "limits.tokens_per_minute"},
    familiar_name{"workers", "limits.concurrency"},
    familiar_name{"max_retries", "retry.attempts"},
    familiar_name{"url", "api.base_url"},
    familiar_name{"messages", "template.messages"},
    familiar_name{"temperature", "parameters.temperature"},
    familiar_name{"top_p", "parameters.top_p"},
    familiar_name{"seed", "parameters.seed"},
    familiar_name{"max_tokens", "parameters.max_tokens"},
    familiar_name{"max_completion_tokens", "parameters.max_completion_tokens"},
    familiar_name{"max_output_tokens", "parameters.max_output_tokens"},
    familiar_name{"response_format", "parameters.response_format"},
    familiar_name{"reasoning_effort", "parameters.reasoning_effort"},
    familiar_name{"service_tier", "parameters.service_tier"},
    familiar_name{"tools", "parameters.tools"},
};

std::string ticked(std::string_view text) {
  return fmt::format("`{}`", text);
}

std::string level(std::string_view section) {
  return section.empty() ? std::string("at the top level") : "under " + ticked(section);
}

/// "`timeout` belongs under `api`", when a key of exactly this name exists elsewhere.
std::string other_level(std::string_view name) {
  std::vector<std::string> levels;
  for (const auto& k : all_keys())
    if (k.name() == name) levels.push_back(level(k.parent()));
  if (levels.empty()) return {};
  return fmt::format("`{}` belongs {}", name, fmt::join(levels, " or "));
}

std::string_view nearest_sibling(std::string_view section, std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto* k : keys_under(section)) names.push_back(k->name());
  return nearest_name(name, names);
}

/// The path of the key anywhere whose name is nearest.
std::string_view nearest_path(std::string_view name) {
  const auto familiar = std::ranges::find_if(
      familiar_names, [&](const auto& f) { return typing_errors(f.name, name) == 0; });
  if (familiar != familiar_names.end()) return familiar->path;
  std::vector<std::string_view> names;
  for (const auto& k : all_keys()) names.push_back(k.name());
  const auto near = nearest_name(name, names);
  const auto found =
      std::ranges::find_if(all_keys(), [&](const key& k) { return k.name() == near; });
  return found == all_keys().end() ? std::string_view() : found->path;
}

std::string advice(std::string_view section, std::string_view name) {
  if (const auto near = nearest_sibling(section, name); !near.empty())
    return fmt::format("did you mean {}?", ticked(join_path(section, near)));
  if (const auto path = nearest_path(name); !path.empty())
    return fmt::format("did you mean {}?", ticked(path));
  std::vector<std::string> known;
  for (const auto* k : keys_under(section)) known.push_back(ticked(k->name()));
  return fmt::format("the keys {} are {}", section.empty() ? "here" : level(section),
                     fmt::join(known, ", "));
}

}  // namespace

void fail_unknown(const place& at, std::string_view section, std::string_view name) {
  const auto path = join_path(section, name);
  if (names_a_secret(name))
    refuse_secret(at, fmt::format("{} holds the API key itself", ticked(in_one_line(path))));
  if (const auto elsewhere = other_level(name); !elsewhere.empty()) fail(at, elsewhere);
  if (const auto* k = find_key(name); k != nullptr && section.empty())
    fail(at, fmt::format("`{}` is not written with a dot in the file; write `{}` under `{}`", name,
                         k->name(), k->parent()));
  fail(at, fmt::format("unknown key {}; {}", ticked(in_one_line(path)), advice(section, name)));
}

}  // namespace batchmill::spec
