// How long the provider keeps what its endpoints are sent, as its documentation states.
#include <algorithm>
#include <array>

#include "batchmill/models.hpp"

namespace batchmill {

namespace {

constexpr auto rules = std::to_array<retention>({
    {"/v1/chat/completions", "30 days", "yes, except image inputs"},
    {"/v1/completions", "30 days", "yes"},
    {"/v1/embeddings", "30 days", "yes"},
    {"/v1/moderations", "not at all", "-"},
    {"/v1/audio/transcriptions", "not at all", "-"},
    {"/v1/audio/translations", "not at all", "-"},
    {"/v1/audio/speech", "30 days", "yes"},
    {"/v1/images/generations", "30 days", "no"},
    {"/v1/images/edits", "30 days", "no"},
    {"/v1/images/variations", "30 days", "no"},
    {"/v1/files", "until deleted", "no"},
    {"/v1/fine_tuning/jobs", "until deleted", "no"},
    {"/v1/batches", "until deleted", "no"},
});

}  // namespace

std::optional<retention> retention_of(std::string_view endpoint) {
  const auto found = std::ranges::find(rules, endpoint, &retention::endpoint);
  return found == rules.end() ? std::nullopt : std::optional(*found);
}

}  // namespace batchmill
