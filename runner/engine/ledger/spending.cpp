#include "runner/engine/ledger/spending.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "batchmill/json_minify.hpp"
#include "batchmill/json_text.hpp"
#include "runner/engine/ledger/crash_point.hpp"
#include "runner/engine/ledger/disk_file.hpp"

namespace batchmill {
namespace fs = std::filesystem;
namespace {

std::int64_t count(std::string_view object, std::string_view key) {
  return std::max<std::int64_t>(0,
                                json::integer(json::member(object, key).value_or("")).value_or(0));
}

std::uint64_t positive(std::string_view object, std::string_view key) {
  return static_cast<std::uint64_t>(count(object, key));
}

std::string to_text(const model_cost& m) {
  return fmt::format(
      R"({{"model":{},"priced":{},"requests":{},"lost":{},"unbilled":{},"spent":{},"at_risk":{},)"
      R"("prompt":{},"completion":{},"total":{},"cached":{},"reasoning":{},"cache_written":{}}})",
      json::quote(m.model), m.priced, m.requests, m.lost, m.unbilled, m.spent.pico(),
      m.at_risk.pico(), m.tokens.prompt, m.tokens.completion, m.tokens.total, m.tokens.cached,
      m.tokens.reasoning, m.tokens.cache_written);
}

model_cost model_from(std::string_view object) {
  model_cost m;
  m.model = json::unquote(json::member(object, "model").value_or("")).value_or("");
  m.priced = json::member(object, "priced") == "true";
  m.requests = positive(object, "requests");
  m.lost = positive(object, "lost");
  m.unbilled = positive(object, "unbilled");
  m.spent = money(count(object, "spent"));
  m.at_risk = money(count(object, "at_risk"));
  m.tokens.prompt = count(object, "prompt");
  m.tokens.completion = count(object, "completion");
  m.tokens.total = count(object, "total");
  m.tokens.cached = count(object, "cached");
  m.tokens.reasoning = count(object, "reasoning");
  m.tokens.cache_written = count(object, "cache_written");
  return m;
}

}  // namespace

money spending::booked() const {
  const run_cost sum = cost();
  return sum.spent + sum.at_risk;
}

run_cost spending::cost() const {
  run_cost sum;
  sum.begun = !models.empty();
  sum.known = sum.begun && std::ranges::all_of(models, &model_cost::priced);
  sum.at_risk = unsettled;
  for (const model_cost& m : models) {
    sum.spent += m.spent;
    sum.at_risk += m.at_risk;
  }
  return sum;
}

std::string to_text(const spending& all) {
  std::vector<std::string> models;
  for (const model_cost& m : all.models) models.push_back(to_text(m));
  return fmt::format(R"({{"promised":{},"unsettled":{},"models":[{}]}})", all.promised.pico(),
                     all.unsettled.pico(), fmt::join(models, ","));
}

spending spending_from(std::string_view text) {
  spending all;
  std::string valid;
  if (json::minify(text, valid)) return all;
  all.promised = money(count(valid, "promised"));
  all.unsettled = money(count(valid, "unsettled"));
  json::for_each_element(json::member(valid, "models").value_or(""), [&](std::string_view one) {
    all.models.push_back(model_from(one));
    return true;
  });
  return all;
}

spending after_the_end(spending all) {
  const money booked = all.booked();
  if (all.promised > booked) all.unsettled += all.promised - booked;
  all.promised = all.booked();
  return all;
}

spending spending_file::read() const {
  if (path_.empty()) return {};
  std::ifstream file(path_, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return spending_from(text.str());
}

void spending_file::write(const spending& all) const {
  if (path_.empty()) return;
  const std::string fresh = path_ + ".new";
  {
    disk_file file(fresh, disk_file::mode::fresh, "spending");
    file.write(to_text(all) + '\n');
    file.sync();
  }
  std::error_code failure;
  fs::rename(fresh, path_, failure);
  if (failure) throw run_error(fmt::format("cannot write {}: {}", path_, failure.message()));
  crash_point("spending", "after");
  sync_folder(fs::path(path_).parent_path().string());
}

}  // namespace batchmill
