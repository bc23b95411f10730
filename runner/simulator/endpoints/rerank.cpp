#include "runner/simulator/endpoints/rerank.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <numeric>
#include <vector>

#include "runner/simulator/answer_parts.hpp"
#include "runner/simulator/checks.hpp"
#include "runner/simulator/models.hpp"
#include "runner/simulator/text.hpp"
#include "runner/simulator/text_vector.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

using enum value_kind;

const parameter parameters[] = {{"model", string},
                                {"query", string},
                                {"documents", array},
                                {"top_n", integer, 0},
                                {"return_documents", boolean},
                                {"user", string}};

struct rerank_request {
  rerank_request() = default;

  std::string_view model;
  std::string_view query;
  std::vector<std::string_view> documents;
  std::size_t shown = 0;  // how many of the best
  bool with_texts = true;
  std::int64_t tokens = 0;
};

struct ranked {
  std::size_t index = 0;
  double score = 0;
};

refusal read_document(const json::value& value, const std::string& path, rerank_request& request) {
  const auto* text = value.is_object() ? find(value.get_object(), "text") : &value;
  if (!text) return missing_parameter(path + ".text");
  if (!text->is_string())
    return invalid_type(path, "one of a string or object with a text", type_of(value));
  request.documents.push_back(view(text->get_string()));
  request.tokens += estimate_tokens(request.documents.back());
  return {};
}

refusal check(const json::object& body, rerank_request& request) {
  if (auto error = refuse_first_unknown(body, parameters)) return error;
  if (auto error = check_parameters(body, parameters)) return error;
  for (const std::string_view name : {"model", "query", "documents"})
    if (!find(body, name)) return missing_parameter(name);
  request.model = string_or(body, "model", "");
  // The service's own models do not rerank.
  if (request.model.find('/') == std::string_view::npos) return model_not_found(request.model);
  request.query = string_or(body, "query", "");
  const auto& documents = find(body, "documents")->get_array();
  if (documents.empty()) return empty_array("documents");
  request.tokens = estimate_tokens(request.query);
  for (std::size_t i = 0; i < documents.size(); ++i)
    if (auto error = read_document(documents[i], fmt::format("documents[{}]", i), request))
      return error;
  const auto wanted = integer_or(body, "top_n", 0);  // 0 means all
  request.shown = request.documents.size();
  if (wanted > 0) request.shown = std::min(request.shown, static_cast<std::size_t>(wanted));
  request.with_texts = boolean_or(body, "return_documents", true);
  return {};
}

// The nearness of the embeddings, from 0 to 1.
std::vector<ranked> rank(const rerank_request& request) {
  constexpr std::size_t dimensions = 256;
  const auto query = make_vector(parts_of(request.query), dimensions);
  std::vector<ranked> order;
  for (const auto document : request.documents) {
    const auto vector = make_vector(parts_of(document), dimensions);
    const double nearness = std::inner_product(query.begin(), query.end(), vector.begin(), 0.0);
    order.push_back({order.size(), std::clamp(nearness, 0.0, 1.0)});
  }
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
  order.resize(request.shown);
  return order;
}

reply answer(const rerank_request& request, std::uint64_t hash) {
  reply r;
  r.usage.prompt = r.usage.total = request.tokens;
  json_writer json(r.body, json_layout::compact);
  json.open_object().key("id").text(identifier("rerank-", hash)).key("model").text(request.model);
  json.key("usage").open_object().key("total_tokens").integer(request.tokens).close_object();
  json.key("results").open_array();
  for (const auto& [index, score] : rank(request)) {
    json.open_object().key("index").integer(static_cast<std::int64_t>(index));
    if (request.with_texts)
      json.key("document").open_object().key("text").text(request.documents[index]).close_object();
    json.key("relevance_score").real(score).close_object();
  }
  json.close_array().close_object();
  return r;
}

}  // namespace

admission_result rerank(const call& c) {
  rerank_request request;
  if (auto error = check(c.body, request)) return *std::move(error);
  admission a;
  a.model = request.model;
  a.charged_tokens = request.tokens;
  a.answer = [request = std::move(request), hash = c.hash] { return answer(request, hash); };
  return a;
}

}  // namespace batchmill::simulator_detail
