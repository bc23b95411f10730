#include "jobs/models/catalogue_reader.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "batchmill/error.hpp"
#include "batchmill/json_text.hpp"
#include "jobs/did_you_mean.hpp"

namespace batchmill {

namespace {

const std::vector<std::string> model_keys = {
    "alias_of",     "kind",         "context",     "max_input", "max_output", "dimensions",
    "knowledge",    "endpoints",    "batch",       "encoding",  "prices",     "batch_prices",
    "tuned_prices", "long_prompts", "cache_write", "refuses",   "shutdown",   "replacement",
    "access",       "note",         "limits",      "tuning"};

const std::vector<std::string> tiers = {"free", "tier_1", "tier_2", "tier_3", "tier_4", "tier_5"};

bool is_date(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() != 10) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 4 || i == 7;
    if (dash ? text[i] != '-' : !digit(text[i])) return false;
  }
  return true;
}

bool is_only_member(std::string_view object) {
  int members = 0;
  json::for_each_member(object, [&](std::string_view, std::string_view) { return ++members < 2; });
  return members == 1;
}

/// What is known of a model before its entry is read: an alias begins as its snapshot.
model_info beginning_of(std::string_view name, std::optional<std::string_view> alias_of,
                        const model_catalogue& known) {
  if (alias_of) return known.find(json::unquote(*alias_of).value_or("")).value_or(model_info());
  return known.find(name).value_or(model_info());
}

}  // namespace

void catalogue_reader::add(std::string_view json, model_catalogue& to) const {
  each({json, ""}, [&](std::string_view key, const spot& value) {
    if (key == "models") {
      read_models(value, to);
    } else if (key == "as_of") {
      to.as_of_ = date(value);
    } else {
      fail_key(value, key, {"models", "as_of"});
    }
  });
  resolve_aliases(to);
}

/// Aliases come last, so that one which says more than its snapshot can begin with what that says.
void catalogue_reader::read_models(const spot& all, model_catalogue& to) const {
  for (const bool aliases : {false, true}) {
    std::map<std::string, model_info> found;
    for (const model_info& model : to.models_) found.emplace(model.name, model);
    each(all, [&](std::string_view name, const spot& entry) {
      const auto target = json::member(entry.raw, "alias_of");
      if (target.has_value() != aliases) return;
      const bool bare = aliases && is_only_member(entry.raw);
      model_info& model = found[std::string(name)];
      if (!bare) model = beginning_of(name, target, to);
      model.name = name;
      read_model(entry, model);
    });
    to.models_.clear();
    for (auto& [name, model] : found) to.models_.push_back(std::move(model));
  }
}

void catalogue_reader::read_model(const spot& entry, model_info& model) const {
  each(entry, [&](std::string_view key, const spot& value) {
    if (read_size(key, value, model) || read_text(key, value, model) ||
        read_group(key, value, model)) {
      return;
    }
    fail_key(value, key, model_keys);
  });
}

bool catalogue_reader::read_size(std::string_view key, const spot& value, model_info& model) const {
  for (const auto& [name, field] :
       {std::pair("context", &model_info::context), std::pair("max_input", &model_info::max_input),
        std::pair("max_output", &model_info::max_output),
        std::pair("dimensions", &model_info::dimensions)}) {
    if (key != name) continue;
    model.*field = whole(value);
    return true;
  }
  return false;
}

bool catalogue_reader::read_text(std::string_view key, const spot& value, model_info& model) const {
  for (const auto& [name, field] :
       {std::pair("alias_of", &model_info::alias_of), std::pair("kind", &model_info::kind),
        std::pair("knowledge", &model_info::knowledge),
        std::pair("encoding", &model_info::encoding),
        std::pair("replacement", &model_info::replacement),
        std::pair("access", &model_info::access), std::pair("note", &model_info::note)}) {
    if (key != name) continue;
    model.*field = text(value);
    return true;
  }
  if (key != "shutdown") return false;
  model.shutdown = date(value);
  return true;
}

bool catalogue_reader::read_group(std::string_view key, const spot& value,
                                  model_info& model) const {
  if (key == "prices") {
    model.prices = read_prices(value);
  } else if (key == "batch_prices") {
    model.batch_prices = read_prices(value);
  } else if (key == "tuned_prices") {
    model.tuned_prices = read_prices(value);
  } else if (key == "tuning") {
    model.tuning = read_tuning(value);
  } else if (key == "long_prompts") {
    model.long_prompts = read_long_context(value);
  } else if (key == "cache_write") {
    model.cache_write = number(value);
  } else if (key == "endpoints") {
    model.endpoints = texts(value);
  } else if (key == "refuses") {
    model.refuses = texts(value);
  } else if (key == "batch") {
    model.batch = truth(value);
  } else if (key == "limits") {
    model.limits = read_limits(value);
  } else {
    return false;
  }
  return true;
}

token_prices catalogue_reader::read_prices(const spot& value) const {
  token_prices prices;
  each(value, [&](std::string_view key, const spot& price) {
    if (key == "input") {
      prices.input = number(price);
    } else if (key == "cached_input") {
      prices.cached_input = number(price);
    } else if (key == "output") {
      prices.output = number(price);
    } else {
      fail_key(price, key, {"input", "cached_input", "output"});
    }
  });
  return prices;
}

tuning_info catalogue_reader::read_tuning(const spot& value) const {
  tuning_info tuning;
  each(value, [&](std::string_view key, const spot& member) {
    if (key == "methods") {
      tuning.methods = texts(member);
    } else if (key == "images") {
      tuning.images = truth(member);
    } else if (key == "price") {
      tuning.price = number(member);
    } else if (key == "hourly_price") {
      tuning.hourly_price = number(member);
    } else if (key == "example_tokens") {
      tuning.example_tokens = whole(member);
    } else {
      fail_key(member, key, {"methods", "images", "price", "hourly_price", "example_tokens"});
    }
  });
  return tuning;
}

long_context catalogue_reader::read_long_context(const spot& value) const {
  long_context rule;
  each(value, [&](std::string_view key, const spot& member) {
    if (key == "above") {
      rule.above = whole(member);
    } else if (key == "input") {
      rule.input = number(member);
    } else if (key == "cached_input") {
      rule.cached_input = number(member);
    } else if (key == "output") {
      rule.output = number(member);
    } else {
      fail_key(member, key, {"above", "input", "cached_input", "output"});
    }
  });
  return rule;
}

std::map<std::string, tier_limits> catalogue_reader::read_limits(const spot& value) const {
  std::map<std::string, tier_limits> limits;
  each(value, [&](std::string_view tier, const spot& allowed) {
    if (std::ranges::find(tiers, tier) == tiers.end()) fail_key(allowed, tier, tiers);
    limits[std::string(tier)] = read_tier(allowed);
  });
  return limits;
}

tier_limits catalogue_reader::read_tier(const spot& value) const {
  tier_limits limits;
  each(value, [&](std::string_view key, const spot& member) {
    for (const auto& [name, field] :
         {std::pair("requests_per_minute", &tier_limits::requests_per_minute),
          std::pair("requests_per_day", &tier_limits::requests_per_day),
          std::pair("tokens_per_minute", &tier_limits::tokens_per_minute),
          std::pair("images_per_minute", &tier_limits::images_per_minute),
          std::pair("batch_queue", &tier_limits::batch_queue)}) {
      if (key != name) continue;
      limits.*field = number(member);
      return;
    }
    fail_key(member, key,
             {"requests_per_minute", "requests_per_day", "tokens_per_minute", "images_per_minute",
              "batch_queue"});
  });
  return limits;
}

/// An alias is whatever its snapshot is, but for what its own entry says.
void catalogue_reader::resolve_aliases(model_catalogue& models) const {
  std::vector<model_info>& all = models.models_;
  for (model_info& model : all) model.aliases.clear();
  for (const model_info& alias : all) {
    if (alias.alias_of.empty()) continue;
    const auto target =
        std::ranges::find(all, alias.alias_of, [](const model_info& m) { return m.name; });
    if (target == all.end() || !target->alias_of.empty()) {
      const std::string path = "/models/" + alias.name + "/alias_of";
      fail({"", path}, "there is no model `" + alias.alias_of +
                           "` that the name could stand for; name one that is no alias itself");
    }
    target->aliases.push_back(alias.name);
  }
}

template <class F>
void catalogue_reader::each(const spot& object, F f) const {
  if (json::kind_of(object.raw) != json::kind::object) fail(object, "this must be a mapping");
  json::for_each_member(object.raw, [&](std::string_view raw_key, std::string_view raw) {
    const std::string key = json::unquote(raw_key).value_or("");
    f(std::string_view(key), spot{raw, object.path + "/" + key});
    return true;
  });
}

std::string catalogue_reader::text(const spot& value) const {
  if (json::kind_of(value.raw) != json::kind::string) fail(value, "this must be text");
  return json::unquote(value.raw).value_or("");
}

std::vector<std::string> catalogue_reader::texts(const spot& value) const {
  if (json::kind_of(value.raw) != json::kind::array) fail(value, "this must be a list of texts");
  std::vector<std::string> all;
  json::for_each_element(value.raw, [&](std::string_view raw) {
    all.push_back(text({raw, value.path + "/" + std::to_string(all.size())}));
    return true;
  });
  return all;
}

std::string catalogue_reader::date(const spot& value) const {
  if (json::kind_of(value.raw) == json::kind::string) {
    std::string day = text(value);
    if (is_date(day)) return day;
  }
  fail(value, "this must be a date such as \"2027-01-14\", in quotes");
}

std::int64_t catalogue_reader::whole(const spot& value) const {
  const auto n = json::integer(value.raw);
  if (!n || *n < 0) fail(value, "this must be a whole number, 0 or more");
  return *n;
}

double catalogue_reader::number(const spot& value) const {
  double n = -1;
  const char* const end = value.raw.data() + value.raw.size();
  const auto read = std::from_chars(value.raw.data(), end, n);
  const bool good = read.ec == std::errc() && read.ptr == end && n >= 0 && n <= 1e15;
  if (!good) fail(value, "this must be a number, 0 or more");
  return n;
}

bool catalogue_reader::truth(const spot& value) const {
  if (value.raw != "true" && value.raw != "false") fail(value, "this must be true or false");
  return value.raw == "true";
}

void catalogue_reader::fail(const spot& at, const std::string& sentence) const {
  const std::string name = at.path.substr(at.path.rfind('/') + 1);
  const std::string what = name.empty() ? "" : "`" + name + "`: ";
  throw usage_error(where_(at.path) + ": " + what + sentence);
}

void catalogue_reader::fail_key(const spot& at, std::string_view key,
                                const std::vector<std::string>& known) const {
  std::string hint = jobs::did_you_mean(key, known);
  if (hint.empty()) {
    hint = "; there is";
    for (const std::string& name : known) hint += (hint.ends_with("is") ? " " : ", ") + name;
  }
  throw usage_error(where_(at.path) + ": there is no key `" + std::string(key) + "` here" + hint);
}

}  // namespace batchmill
