#include "jobs/moderation_result.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "batchmill/error.hpp"
#include "batchmill/json_text.hpp"
#include "jobs/did_you_mean.hpp"

namespace batchmill::jobs {
namespace {

const std::vector<std::string> categories = {"harassment",
                                             "harassment/threatening",
                                             "hate",
                                             "hate/threatening",
                                             "illicit",
                                             "illicit/violent",
                                             "self-harm",
                                             "self-harm/intent",
                                             "self-harm/instructions",
                                             "sexual",
                                             "sexual/minors",
                                             "violence",
                                             "violence/graphic"};

double number(std::string_view raw) {
  return std::strtod(std::string(raw).c_str(), nullptr);
}

struct finding {
  std::string name;
  std::string score;  // raw
  bool fired = false;
};

finding& finding_of(std::string_view raw_key, std::vector<finding>& findings) {
  std::string name = json::unquote(raw_key).value_or("");
  const auto known = std::ranges::find(findings, name, &finding::name);
  if (known != findings.end()) return *known;
  findings.emplace_back().name = std::move(name);
  return findings.back();
}

void add_piece(std::string_view result, std::vector<finding>& findings) {
  json::for_each_member(json::member(result, "categories").value_or(""),
                        [&](std::string_view key, std::string_view value) {
                          finding& f = finding_of(key, findings);
                          f.fired = f.fired || value == "true";
                          return true;
                        });
  json::for_each_member(json::member(result, "category_scores").value_or(""),
                        [&](std::string_view key, std::string_view value) {
                          finding& f = finding_of(key, findings);
                          if (f.score.empty() || number(value) > number(f.score)) f.score = value;
                          return true;
                        });
}

std::string verdicts_json(const std::vector<finding>& findings) {
  std::string json = "{";
  for (const finding& f : findings) {
    if (json.size() > 1) json += ',';
    json += json::quote(f.name) + (f.fired ? ":true" : ":false");
  }
  return json + '}';
}

std::string scores_json(const std::vector<finding>& findings) {
  std::string json = "{";
  for (const finding& f : findings) {
    if (f.score.empty()) continue;
    if (json.size() > 1) json += ',';
    json += json::quote(f.name) + ':' + f.score;
  }
  return json + '}';
}

/// The first piece's result with what came out of all of them.
std::string rewritten(std::string_view first, bool flagged, const std::vector<finding>& findings) {
  std::string json;
  json::for_each_member(first, [&](std::string_view key, std::string_view value) {
    json += json.empty() ? '{' : ',';
    json.append(key).append(":");
    if (key == R"("flagged")") {
      json += flagged ? "true" : "false";
    } else if (key == R"("categories")") {
      json += verdicts_json(findings);
    } else if (key == R"("category_scores")") {
      json += scores_json(findings);
    } else {
      json += value;
    }
    return true;
  });
  return json + '}';
}

}  // namespace

moderation_thresholds::moderation_thresholds(const job_spec& spec) {
  json::for_each_member(spec.thresholds.text, [&](std::string_view key, std::string_view value) {
    std::string name = json::unquote(key).value_or("");
    const std::string where = spec.where("thresholds." + name);
    if (std::ranges::find(categories, name) == categories.end()) {
      throw usage_error(where + ": there is no moderation category '" + name + "'" +
                        did_you_mean(name, categories));
    }
    const double score = number(value);
    if (json::kind_of(value) != json::kind::number || score < 0 || score > 1) {
      throw usage_error(where + ": a threshold must be a number from 0 to 1, not " +
                        std::string(value));
    }
    scores_[std::move(name)] = score;
    return true;
  });
}

const double* moderation_thresholds::find(std::string_view category) const {
  const auto found = scores_.find(category);
  return found == scores_.end() ? nullptr : &found->second;
}

moderation_result combine(std::span<const std::string_view> pieces,
                          const moderation_thresholds& thresholds) {
  std::vector<finding> findings;
  moderation_result result;
  for (const std::string_view piece : pieces) {
    add_piece(piece, findings);
    result.flagged = result.flagged || json::member(piece, "flagged") == "true";
  }
  bool changed = pieces.size() > 1;
  for (finding& f : findings) {
    const double* least = thresholds.find(f.name);
    if (least == nullptr || f.score.empty()) continue;
    f.fired = number(f.score) >= *least;
    changed = true;
  }
  if (thresholds.any()) result.flagged = std::ranges::any_of(findings, &finding::fired);
  for (const finding& f : findings) {
    if (f.fired) result.categories.push_back(f.name);
    const bool higher = result.score.empty() || number(f.score) > number(result.score);
    if (!f.score.empty() && higher) result.score = f.score;
  }
  result.json =
      changed ? rewritten(pieces.front(), result.flagged, findings) : std::string(pieces.front());
  return result;
}

}  // namespace batchmill::jobs
