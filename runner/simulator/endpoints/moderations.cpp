#include "runner/simulator/endpoints/moderations.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "runner/simulator/answer_parts.hpp"
#include "runner/simulator/dice.hpp"
#include "runner/simulator/moderation_request.hpp"
#include "runner/simulator/moderation_words.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace {

bool applies(const moderation_category& category, const moderation_request& request) {
  return !request.only_text || !category.name.starts_with("illicit");
}

// Near 1 for words of the category, near 0 without any.
double score_of(const moderation_category& category, const moderation_subject& s) {
  constexpr double flagged = 0.8;
  std::size_t words = 0;
  std::uint64_t hash = hash_text(category.name);
  for (const auto text : s.texts) {
    words += count_words(category, text);
    hash = hash_text(text, hash);
  }
  for (const auto image : s.images) hash = hash_text(image, hash);
  const double chance = dice(hash).uniform();
  if (words == 0) return std::pow(10, -6 + 3 * chance);
  return 1 - (1 - flagged) * chance / static_cast<double>(words);
}

void write_types(json_writer& json, const moderation_category& category,
                 const moderation_subject& s) {
  json.key(category.name).open_array();
  if (!s.texts.empty()) json.text("text");
  if (!s.images.empty() && category.sees_images) json.text("image");
  json.close_array();
}

void write_result(json_writer& json, const moderation_request& request,
                  const moderation_subject& s) {
  constexpr double limit = 0.5;
  std::vector<std::pair<const moderation_category*, double>> scores;
  for (const auto& category : moderation_categories())
    if (applies(category, request)) scores.emplace_back(&category, score_of(category, s));
  json.open_object().key("flagged");
  json.boolean(std::any_of(scores.begin(), scores.end(),
                           [](const auto& entry) { return entry.second > limit; }));
  json.key("categories").open_object();
  for (const auto& [category, score] : scores) json.key(category->name).boolean(score > limit);
  json.close_object().key("category_scores").open_object();
  for (const auto& [category, score] : scores) json.key(category->name).real(score);
  json.close_object();
  if (!request.only_text) {
    json.key("category_applied_input_types").open_object();
    for (const auto& [category, score] : scores) write_types(json, *category, s);
    json.close_object();
  }
  json.close_object();
}

reply answer(const moderation_request& request, std::uint64_t hash) {
  reply r;
  json_writer json(r.body, json_layout::pretty);
  json.open_object().key("id").text(identifier("modr-", hash));
  json.key("model").text(request.model).key("results").open_array();
  for (const auto& s : request.subjects) write_result(json, request, s);
  json.close_array().close_object();
  return r;
}

std::int64_t tokens_of(const moderation_request& request) {
  std::int64_t tokens = 0;
  for (const auto& s : request.subjects)
    for (const auto text : s.texts) tokens += estimate_tokens(text);
  return tokens;
}

}  // namespace

admission_result moderations(const call& c) {
  moderation_request request;
  if (auto error = check_moderation(c.body, request)) return *std::move(error);
  admission a;
  a.model = request.model;
  a.charged_tokens = tokens_of(request);
  a.answer = [request = std::move(request), hash = c.hash] { return answer(request, hash); };
  return a;
}

}  // namespace batchmill::simulator_detail
