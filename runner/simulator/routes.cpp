#include "runner/simulator/routes.hpp"

#include <memory>
#include <optional>

#include "runner/simulator/batches/batch_calls.hpp"
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
#include "runner/simulator/files/file_calls.hpp"
#include "runner/simulator/files/upload_calls.hpp"
#include "runner/simulator/fine_tuning/tuning_calls.hpp"
#include "runner/simulator/storage.hpp"

namespace batchmill::simulator_detail {

namespace {

// What stands for {id}; "" for a path without it; nothing when the path is another.
std::optional<std::string_view> match_path(std::string_view pattern, std::string_view path) {
  constexpr std::string_view placeholder = "{id}";
  const auto at = pattern.find(placeholder);
  if (at == std::string_view::npos)
    return pattern == path ? std::optional<std::string_view>("") : std::nullopt;
  const auto before = pattern.substr(0, at), after = pattern.substr(at + placeholder.size());
  if (path.size() <= before.size() + after.size()) return std::nullopt;
  if (!path.starts_with(before) || !path.ends_with(after)) return std::nullopt;
  return path.substr(before.size(), path.size() - before.size() - after.size());
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

void add_files(route_table& routes, storage& kept) {
  auto& files = kept.files;
  routes.add({"POST", "/v1/files", route_kind::deposit,
              [&](const call& c) { return create_file(c, files); }});
  routes.add({"GET", "/v1/files", route_kind::record,
              [&](const call& c) { return list_files(c, files); }});
  routes.add({"GET", "/v1/files/{id}/content", route_kind::record,
              [&](const call& c) { return file_content_of(c, files, kept.downloads_to_break); }});
  routes.add({"GET", "/v1/files/{id}", route_kind::record,
              [&](const call& c) { return show_file(c, files); }});
  routes.add({"DELETE", "/v1/files/{id}", route_kind::record,
              [&](const call& c) { return delete_file(c, files); }});
}

void add_uploads(route_table& routes, storage& kept) {
  auto& uploads = kept.uploads;
  routes.add({"POST", "/v1/uploads", route_kind::object,
              [&](const call& c) { return create_upload(c, uploads); }});
  routes.add({"POST", "/v1/uploads/{id}/parts", route_kind::deposit,
              [&](const call& c) { return add_upload_part(c, uploads); }});
  routes.add({"POST", "/v1/uploads/{id}/complete", route_kind::object,
              [&](const call& c) { return complete_upload(c, uploads, kept.files); }});
  routes.add({"POST", "/v1/uploads/{id}/cancel", route_kind::record,
              [&](const call& c) { return cancel_upload(c, uploads); }});
}

void add_batches(route_table& routes, storage& kept) {
  auto& batches = kept.batches;
  routes.add({"POST", "/v1/batches", route_kind::object,
              [&](const call& c) { return create_batch(c, batches, kept.files); }});
  routes.add({"GET", "/v1/batches", route_kind::record,
              [&](const call& c) { return list_batches(c, batches); }});
  routes.add({"GET", "/v1/batches/{id}", route_kind::record,
              [&](const call& c) { return show_batch(c, batches); }});
  routes.add({"POST", "/v1/batches/{id}/cancel", route_kind::record,
              [&](const call& c) { return cancel_batch(c, batches); }});
}

void add_fine_tuning(route_table& routes, storage& kept) {
  auto& jobs = kept.tuning;
  routes.add({"POST", "/v1/fine_tuning/jobs", route_kind::object,
              [&](const call& c) { return create_tuning_job(c, jobs, kept.files); }});
  routes.add({"GET", "/v1/fine_tuning/jobs", route_kind::record,
              [&](const call& c) { return list_tuning_jobs(c, jobs); }});
  routes.add({"GET", "/v1/fine_tuning/jobs/{id}/events", route_kind::record,
              [&](const call& c) { return list_tuning_events(c, jobs); }});
  routes.add({"GET", "/v1/fine_tuning/jobs/{id}/checkpoints", route_kind::record,
              [&](const call& c) { return list_tuning_checkpoints(c, jobs); }});
  routes.add({"GET", "/v1/fine_tuning/jobs/{id}", route_kind::record,
              [&](const call& c) { return show_tuning_job(c, jobs); }});
  routes.add({"POST", "/v1/fine_tuning/jobs/{id}/cancel", route_kind::record,
              [&](const call& c) { return cancel_tuning_job(c, jobs); }});
  routes.add({"POST", "/v1/fine_tuning/jobs/{id}/pause", route_kind::record,
              [&](const call& c) { return pause_tuning_job(c, jobs); }});
  routes.add({"POST", "/v1/fine_tuning/jobs/{id}/resume", route_kind::record,
              [&](const call& c) { return resume_tuning_job(c, jobs); }});
}

void add_models(route_table& routes, storage& kept) {
  auto& tuned = kept.tuning.models;
  routes.add({"GET", "/v1/models", route_kind::lookup,
              [&](const call& c) { return list_models(c, tuned); }});
  routes.add({"GET", "/v1/models/{id}", route_kind::lookup,
              [&](const call& c) { return show_model(c, tuned); }});
  routes.add({"DELETE", "/v1/models/{id}", route_kind::lookup,
              [&](const call& c) { return delete_model(c, tuned); }});
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

route_table all_routes(storage& kept) {
  route_table routes;
  routes.add({"POST", "/v1/chat/completions", route_kind::model,
              [&](const call& c) { return chat(c, kept.tuning.models); }});
  routes.add({"POST", "/v1/completions", route_kind::model, completions});
  routes.add({"POST", "/v1/embeddings", route_kind::model, embeddings});
  routes.add({"POST", "/v1/moderations", route_kind::model, moderations});
  routes.add({"POST", "/v1/rerank", route_kind::model, rerank});
  add_models(routes, kept);
  add_responses(routes);
  add_images(routes);
  add_audio(routes);
  add_files(routes, kept);
  add_uploads(routes, kept);
  add_batches(routes, kept);
  add_fine_tuning(routes, kept);
  return routes;
}

}  // namespace batchmill::simulator_detail
