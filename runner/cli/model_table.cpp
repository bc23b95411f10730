#include "runner/cli/model_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

#include "batchmill/grouped_number.hpp"
#include "runner/progress/humanize.hpp"
#include "runner/progress/json_text.hpp"

namespace batchmill::cli {
namespace {

std::string size(std::optional<std::int64_t> tokens) {
  return tokens ? short_count(static_cast<std::uint64_t>(*tokens)) : "-";
}

std::string grouped(double number) {
  return with_separators(static_cast<std::uint64_t>(number));
}

/// "2.50", "0.075", "-".
std::string price(std::optional<double> dollars) {
  if (!dollars) return "-";
  std::string exact = fmt::format("{:.6f}", *dollars);
  while (exact.ends_with("0") && exact[exact.size() - 3] != '.') exact.pop_back();
  return exact;
}

std::string end_of(const model_info& m, std::string_view today) {
  if (m.shutdown.empty()) return m.access;
  const char* verb = m.shutdown <= today ? "ended " : "ends ";
  return verb + m.shutdown + (m.replacement.empty() ? "" : ", then " + m.replacement);
}

std::string shown_name(const model_info& m) {
  return m.alias_of.empty() ? m.name : m.name + " = " + m.alias_of;
}

/// "2024-07-18" for gpt-4o-mini: the part of the snapshot's name that the alias leaves out.
std::string stands_for(const model_info& m) {
  const std::string prefix = m.name + "-";
  return m.alias_of.starts_with(prefix) ? m.alias_of.substr(prefix.size()) : m.alias_of;
}

/// A snapshot says what its alias says already.
std::vector<model_info> without_twins(const std::vector<model_info>& models) {
  std::vector<model_info> rows;
  std::ranges::copy_if(models, std::back_inserter(rows), [&](const model_info& m) {
    return std::ranges::none_of(models, [&](const model_info& o) { return o.alias_of == m.name; });
  });
  return rows;
}

bool usable(const live_names& live, const model_info& m) {
  return live && live->contains(m.name);
}

std::string prices_text(const token_prices& p) {
  return fmt::format("{} in, {} cached, {} out", price(p.input), price(p.cached_input),
                     price(p.output));
}

class details {
 public:
  void line(std::string_view label, std::string_view words) {
    if (!words.empty()) text_ += fmt::format("  {:<12}{}\n", label, words);
  }
  void title(const std::string& words) { text_ += words + "\n"; }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string limits_text(const tier_limits& l) {
  std::string text;
  const auto add = [&](std::optional<double> limit, const char* what) {
    if (limit) text += fmt::format("{}{} {}", text.empty() ? "" : "   ", grouped(*limit), what);
  };
  add(l.requests_per_minute, "requests/min");
  add(l.requests_per_day, "requests/day");
  add(l.tokens_per_minute, "tokens/min");
  add(l.images_per_minute, "images/min");
  add(l.batch_queue, "tokens in the batch queue");
  return text;
}

void add_endpoints(details& d, const model_info& m) {
  std::string_view label = "endpoints";
  for (const std::string& endpoint : m.endpoints) {
    const auto kept = retention_of(endpoint);
    std::string words = endpoint;
    if (kept) words += fmt::format("   data kept {}; zero retention: {}", kept->kept, kept->zero);
    d.line(std::exchange(label, ""), words);
  }
}

void add_limits(details& d, const model_info& m) {
  std::string_view label = "limits";
  for (const auto& [tier, limits] : m.limits) {
    std::string name = tier;
    std::ranges::replace(name, '_', ' ');
    d.line(std::exchange(label, ""), fmt::format("{:<8}{}", name, limits_text(limits)));
  }
}

void add_tuning(details& d, const tuning_info& t) {
  std::string words = fmt::format("{}", fmt::join(t.methods, ", "));
  if (t.images) words += ", also on images";
  if (t.price) words += fmt::format("; {:g} dollars per million tokens", *t.price);
  if (t.hourly_price) words += fmt::format("; {:g} dollars per hour", *t.hourly_price);
  if (t.example_tokens) {
    words += fmt::format("; examples of up to {} tokens",
                         grouped(static_cast<double>(*t.example_tokens)));
  }
  d.line("fine-tuning", words);
}

void add_prices(details& d, const model_info& m) {
  const auto per_million = [](const token_prices& p) {
    return "dollars per million tokens: " + prices_text(p);
  };
  d.line("prices", m.prices.input ? per_million(m.prices) : "not known");
  if (m.batch_prices) d.line("in batches", per_million(*m.batch_prices));
  if (m.tuned_prices) d.line("fine-tuned", per_million(*m.tuned_prices));
  if (m.tuning) add_tuning(d, *m.tuning);
  if (m.long_prompts.above > 0) {
    d.line("", fmt::format("prompts over {} tokens: {} x input, {} x output",
                           grouped(static_cast<double>(m.long_prompts.above)), m.long_prompts.input,
                           m.long_prompts.output));
  }
  if (m.cache_write != 1) d.line("", fmt::format("cache writes: {} x input", m.cache_write));
}

void optional_number(json_object& to, std::string_view key, std::optional<std::int64_t> value) {
  if (value) {
    to.integer(key, *value);
  } else {
    to.null(key);
  }
}

json_object tuning_fields(const tuning_info& t) {
  json_object fields;
  fields.texts("methods", t.methods).flag("images", t.images);
  if (t.price) fields.number("price", *t.price);
  if (t.hourly_price) fields.number("hourly_price", *t.hourly_price);
  if (t.example_tokens) fields.integer("example_tokens", *t.example_tokens);
  return fields;
}

json_object price_fields(const token_prices& p) {
  json_object fields;
  for (const auto& [key, value] :
       {std::pair("input", p.input), std::pair("cached_input", p.cached_input),
        std::pair("output", p.output)}) {
    if (value) {
      fields.dollars(key, money::dollars(*value));
    } else {
      fields.null(key);
    }
  }
  return fields;
}

json_object limit_fields(const std::map<std::string, tier_limits>& tiers) {
  json_object fields;
  for (const auto& [tier, l] : tiers) {
    json_object one;
    for (const auto& [key, value] : {std::pair("requests_per_minute", l.requests_per_minute),
                                     std::pair("requests_per_day", l.requests_per_day),
                                     std::pair("tokens_per_minute", l.tokens_per_minute),
                                     std::pair("images_per_minute", l.images_per_minute),
                                     std::pair("batch_queue", l.batch_queue)}) {
      if (value) one.count(key, static_cast<std::uint64_t>(*value));
    }
    fields.object(tier, std::move(one));
  }
  return fields;
}

std::vector<json_object> endpoint_fields(const model_info& m) {
  std::vector<json_object> list;
  for (const std::string& endpoint : m.endpoints) {
    json_object one;
    one.text("path", endpoint);
    const auto kept = retention_of(endpoint);
    one.text_or_null("data_kept", kept ? kept->kept : "");
    one.text_or_null("zero_retention", kept ? kept->zero : "");
    list.push_back(std::move(one));
  }
  return list;
}

json_object model_fields(const model_info& m, const live_names& live) {
  json_object fields;
  fields.text("model", m.name).text_or_null("kind", m.kind).text_or_null("alias_of", m.alias_of);
  fields.texts("aliases", m.aliases);
  optional_number(fields, "context", m.context);
  optional_number(fields, "max_input", m.max_input);
  optional_number(fields, "max_output", m.max_output);
  optional_number(fields, "dimensions", m.dimensions);
  fields.text_or_null("knowledge", m.knowledge).text_or_null("encoding", m.encoding);
  fields.list("endpoints", endpoint_fields(m));
  if (m.batch) {
    fields.flag("batch", *m.batch);
  } else {
    fields.null("batch");
  }
  fields.object("prices", price_fields(m.prices));
  if (m.batch_prices) fields.object("batch_prices", price_fields(*m.batch_prices));
  if (m.tuned_prices) fields.object("tuned_prices", price_fields(*m.tuned_prices));
  if (m.tuning) fields.object("tuning", tuning_fields(*m.tuning));
  fields.texts("refuses", m.refuses);
  fields.text_or_null("shutdown", m.shutdown).text_or_null("replacement", m.replacement);
  fields.text_or_null("access", m.access).text_or_null("note", m.note);
  fields.object("limits", limit_fields(m.limits));
  if (live) fields.flag("live", usable(live, m));
  return fields;
}

}  // namespace

std::string model_table(const std::vector<model_info>& models, const live_names& live,
                        std::string_view today) {
  const std::vector<model_info> rows = without_twins(models);
  std::size_t width = 5;
  for (const model_info& m : rows) width = std::max(width, m.name.size());
  std::string text = fmt::format("{:<{}}{}  {:<10}  {:<13} {:>7} {:>7} {:>7} {:>7} {:>7}  {}\n",
                                 "MODEL", width, live ? "  KEY" : "", "NOW", "KIND", "CONTEXT",
                                 "MAX OUT", "IN", "CACHED", "OUT", "LIFE");
  for (const model_info& m : rows) {
    std::string line = fmt::format(
        "{:<{}}{}  {:<10}  {:<13} {:>7} {:>7} {:>7} {:>7} {:>7}  {}", m.name, width,
        live ? (usable(live, m) ? "  yes" : "  -  ") : "", stands_for(m), m.kind,
        size(m.context ? m.context : m.max_input), size(m.max_output), price(m.prices.input),
        price(m.prices.cached_input), price(m.prices.output), end_of(m, today));
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string model_details(const model_info& m, const live_names& live, std::string_view today) {
  details d;
  d.title(shown_name(m));
  if (live) d.line("your key", usable(live, m) ? "may use it" : "does not list it");
  d.line("kind", m.kind);
  d.line("aliases", fmt::format("{}", fmt::join(m.aliases, ", ")));
  std::string sizes;
  if (m.context) sizes += grouped(static_cast<double>(*m.context)) + " tokens";
  if (m.max_input) {
    sizes +=
        (sizes.empty() ? "" : ", ") + ("input up to " + grouped(static_cast<double>(*m.max_input)));
  }
  if (m.max_output) {
    sizes += (sizes.empty() ? "" : ", ") +
             ("output up to " + grouped(static_cast<double>(*m.max_output)));
  }
  d.line("context", sizes);
  if (m.dimensions) d.line("dimensions", grouped(static_cast<double>(*m.dimensions)));
  d.line("knowledge", m.knowledge.empty() ? "" : "until " + m.knowledge);
  d.line("encoding", m.encoding);
  add_prices(d, m);
  if (m.batch) d.line("Batch API", *m.batch ? "yes" : "no");
  add_endpoints(d, m);
  d.line("refuses", fmt::format("{}", fmt::join(m.refuses, ", ")));
  d.line("life", end_of(m, today));
  d.line("note", m.note);
  add_limits(d, m);
  return d.take();
}

std::string model_json(const std::vector<model_info>& models, const live_names& live,
                       const std::string& as_of) {
  std::vector<json_object> list;
  for (const model_info& m : models) list.push_back(model_fields(m, live));
  json_object all;
  all.text("as_of", as_of).list("models", std::move(list));
  return all.pretty() + "\n";
}

}  // namespace batchmill::cli
