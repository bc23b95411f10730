// Keeps API keys out of specs: a spec is shared and committed.
#include "runner/spec/secrets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

namespace batchmill::spec {

namespace {

std::string letters_of(std::string_view name) {
  std::string result;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') result += static_cast<char>(c - 'A' + 'a');
    if (c >= 'a' && c <= 'z') result += c;
  }
  return result;
}

/// One word such as sk-proj-Ab12..., long enough to be a key: "sk-SK" is a language.
bool is_key_shaped(std::string_view text) {
  constexpr std::size_t shortest_key = 20;
  constexpr std::string_view digits = "0123456789";
  constexpr std::string_view key_characters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  return text.starts_with("sk-") && text.size() >= shortest_key &&
         text.find_first_not_of(key_characters) == std::string_view::npos &&
         text.find_first_of(digits) != std::string_view::npos;
}

void refuse_keys_below(const node& value, bool about_the_api) {
  const auto is_key = [about_the_api](std::string_view text) {
    return about_the_api ? text.starts_with("sk-") : is_key_shaped(text);
  };
  if (value.kind == node_kind::scalar && is_key(value.text))
    refuse_secret(value.at, "this looks like an API key");
  for (const auto& key : value.keys)
    if (is_key(key.text)) refuse_secret(key.at, "this looks like an API key");
  for (const auto& item : value.items) refuse_keys_below(item, about_the_api);
}

}  // namespace

void refuse_keys(const node& root) {
  if (const auto* api = root.find("api")) refuse_keys_below(*api, true);
  refuse_keys_below(root, false);
}

bool names_a_secret(std::string_view name) {
  constexpr auto secrets = std::to_array<std::string_view>(
      {"key", "apikey", "openaikey", "openaiapikey", "token", "apitoken", "accesstoken", "secret",
       "secretkey", "password", "bearer", "bearertoken", "authorization"});
  return std::ranges::find(secrets, letters_of(name)) != secrets.end();
}

bool header_is_secret(std::string_view name) {
  constexpr auto secrets = std::to_array<std::string_view>(
      {"authorization", "apikey", "authtoken", "accesstoken", "subscriptionkey", "cookie"});
  const auto letters = letters_of(name);
  return std::ranges::any_of(secrets,
                             [&](auto part) { return letters.find(part) != std::string::npos; });
}

bool header_is_private(std::string_view name) {
  constexpr auto words = std::to_array<std::string_view>(
      {"token", "secret", "password", "credential", "signature", "session", "auth", "key"});
  const auto letters = letters_of(name);
  return std::ranges::any_of(words,
                             [&](auto word) { return letters.find(word) != std::string::npos; });
}

void refuse_secret(const place& at, std::string_view what) {
  const auto* reason = at.mark.line == 0
                           ? "a command line is seen in process lists and kept in histories"
                           : "a spec is shared and committed";
  fail(at, fmt::format("{}, but {}; name the key's place instead, with `key_env`, `key_file` or "
                       "`key_fd` under `api`",
                       what, reason));
}

}  // namespace batchmill::spec
