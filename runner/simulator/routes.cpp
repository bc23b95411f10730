#include "runner/simulator/routes.hpp"

#include <memory>
#include <optional>

#include "runner/simulator/endpoints/chat.hpp"
#include "runner/simulator/endpoints/completions.hpp"
#include "runner/simulator/endpoints/embeddings.hpp"
#include "runner/simulator/endpoints/images.hpp"
#include "runner/simulator/endpoints/models.hpp"
#include "runner/simulator/endpoints/moderations.hpp"
#include "runner/simulator/endpoints/rerank.hpp"
#include "runner/simulator/endpoints/responses.hpp"
#include "runner/simulator/endpoints/speech.hpp"
#include "runner/simulator/endpoints/transcriptions.hpp"

namespace batchmill::simulator_detail {

namespace {

// What stands for {id}; "" for a path without it; nothing when the path is another.
std::optional<std::string_view> match_path(std::string_view pattern, std::string_view path) {
  constexpr std::string_view placeholder = "{id}";
  if (!pattern.ends_with(placeholder))
    return pattern == path ? std::optional<std::string_view>("") : std::nullopt;
  pattern.remove_suffix(placeholder.size());
  if (!path.starts_with(pattern) || path.size() == pattern.size()) return std::nullopt;
  return path.substr(pattern.size());
}

// They share what was stored.
void add_responses(route_table& routes) {
  const auto store = std::make_shared<response_store>();
  routes.add({"POST", "/v1/responses", route_kind::model,
              [store](const call& c) { return create_response(c, *store); }});
  routes.add({"GET", "/v1/responses/{id}", route_kind::lookup,
              [store](const call& c) { return show_response(c, *store); }});
  routes.add({"DELETE", "/v1/responses/{id}", route_kind::lookup,
              [store](const call& c) { return delete_response(c, *store); }});
}

void add_images(route_table& routes) {
  routes.add({"POST", "/v1/images/generations", route_kind::model, generate_images});
  routes.add({"POST", "/v1/images/edits", route_kind::both, edit_images});
  routes.add({"POST", "/v1/images/variations", route_kind::form, vary_images});
  routes.add({"GET", "/simulator/images/{id}", route_kind::file, show_image});
}

void add_audio(route_table& routes) {
  routes.add({"POST", "/v1/audio/speech", route_kind::model, speech});
  routes.add({"POST", "/v1/audio/transcriptions", route_kind::form, transcribe});
  routes.add({"POST", "/v1/audio/translations", route_kind::form, translate});
}

}  // namespace

route_match route_table::match(std::string_view method, std::string_view path) const {
  route_match result;
  for (const auto& candidate : routes_) {
    const auto id = match_path(candidate.path, path);
    if (!id) continue;
    result.path_known = true;
    if (candidate.method != method) continue;
    result.found = &candidate;
    result.id = *id;
    break;
  }
  return result;
}

route_table all_routes() {
  route_table routes;
  routes.add({"POST", "/v1/chat/completions", route_kind::model, chat});
  routes.add({"POST", "/v1/completions", route_kind::model, completions});
  routes.add({"POST", "/v1/embeddings", route_kind::model, embeddings});
  routes.add({"POST", "/v1/moderations", route_kind::model, moderations});
  routes.add({"POST", "/v1/rerank", route_kind::model, rerank});
  routes.add({"GET", "/v1/models", route_kind::lookup, list_models});
  routes.add({"GET", "/v1/models/{id}", route_kind::lookup, show_model});
  add_responses(routes);
  add_images(routes);
  add_audio(routes);
  return routes;
}

}  // namespace batchmill::simulator_detail
