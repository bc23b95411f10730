// The catalogue: what the program knows, what the user's file adds, and how a name is looked up.
#include <algorithm>
#include <utility>

#include "batchmill/models.hpp"
#include "jobs/models/catalogue_reader.hpp"
#include "jobs/models/catalogue_text.hpp"

namespace batchmill {

namespace {

model_catalogue read_known() {
  model_catalogue models;
  const catalogue_reader reader([](const std::string& path) { return "catalogue.json" + path; });
  reader.add(jobs::catalogue_text, models);
  return models;
}

/// The place of the value that `path` points to, or of the nearest around it.
std::string place_of(const models_source& source, std::string path) {
  while (!path.empty() && !source.marks.contains(path)) path.erase(path.rfind('/'));
  const auto mark = source.marks.find(path);
  if (mark == source.marks.end()) return source.file;
  return source.file + ":" + std::to_string(mark->second.line) + ":" +
         std::to_string(mark->second.column);
}

const model_info* lookup(const std::vector<model_info>& all, std::string_view name) {
  const auto found = std::ranges::lower_bound(all, name, {}, &model_info::name);
  return found != all.end() && found->name == name ? &*found : nullptr;
}

/// Most aliases say nothing of their own: they are what their snapshots are.
bool is_bare(const model_info& alias) {
  return !alias.alias_of.empty() && alias.kind.empty();
}

}  // namespace

const model_catalogue& model_catalogue::known() {
  static const model_catalogue models = read_known();
  return models;
}

model_catalogue model_catalogue::of(const job_spec& spec) {
  model_catalogue models = known();
  if (spec.models.json.empty()) return models;
  const catalogue_reader reader(
      [&](const std::string& path) { return place_of(spec.models, path); });
  reader.add(spec.models.json, models);
  return models;
}

std::optional<model_info> model_catalogue::find(std::string_view name) const {
  if (const model_info* found = lookup(models_, name)) {
    if (!is_bare(*found)) return *found;
    const model_info* snapshot = lookup(models_, found->alias_of);
    if (snapshot == nullptr) return *found;
    model_info whole = *snapshot;
    whole.name = found->name;
    whole.alias_of = found->alias_of;
    whole.aliases.clear();
    return whole;
  }
  constexpr std::string_view tuned = "ft:";
  if (!name.starts_with(tuned)) return std::nullopt;
  auto base = find(name.substr(tuned.size(), name.find(':', tuned.size()) - tuned.size()));
  if (!base) return std::nullopt;
  base->alias_of.clear();
  base->aliases.clear();
  base->name = name;
  base->prices = base->tuned_prices.value_or(token_prices());
  base->batch_prices.reset();
  return base;
}

}  // namespace batchmill
