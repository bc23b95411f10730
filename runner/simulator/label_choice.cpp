#include "runner/simulator/label_choice.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace {

// Labels that begin like a word of `names` are hinted at by the words of `hints`.
struct topic {
  std::string_view names;
  std::string_view hints;
};

constexpr topic topics[] = {
    {"billing payment invoice refund finance subscription charge",
     "invoice charge charged refund payment paid credit card bill billed price subscription vat "
     "receipt money discount"},
    {"bug technical error crash defect incident outage problem issue",
     "error crash crashes crashed bug broken fails failed exception freeze freezes timeout slow "
     "outage blank stuck glitch loading"},
    {"account login access password authentication",
     "login password account locked reset username verification authenticator profile signed sign"},
    {"security privacy abuse fraud",
     "security vulnerability breach phishing suspicious hacked leak leaked stolen attacker exploit "
     "certificate"},
    {"shipping delivery order logistics",
     "parcel package delivery delivered arrived tracking shipped courier delayed warehouse"},
    {"feature request idea suggestion enhancement",
     "feature wish suggestion idea roadmap support integrate nice option dark add would"},
    {"cancel churn", "cancel cancellation terminate leave quit unsubscribe"},
    {"positive praise compliment happy",
     "great love loved excellent amazing good happy thanks perfect best wonderful enjoyed"},
    {"negative complaint angry",
     "bad terrible awful worst hate disappointed poor broken angry never waste boring"},
    {"spam", "winner prize click free lottery casino"},
    {"urgent high critical", "urgent asap immediately critical production emergency"},
    {"question how inquiry", "how where what question wondering possible documentation"}};

constexpr std::string_view catch_alls[] = {"other",   "neutral", "none", "unknown",
                                           "general", "misc",    "low",  "unclear"};

// Words count as equal when they begin with the same five letters: "charged", "charges".
constexpr std::size_t stem_length = 5;
constexpr std::size_t shortest_word = 3;
constexpr std::size_t most_read = 8'192;

using stem = std::uint64_t;

stem stem_of(std::string_view word) {
  stem result = 0;
  for (std::size_t i = 0; i < std::min(word.size(), stem_length); ++i)
    result = result << 8 | static_cast<unsigned char>(lower(word[i]));
  return result;
}

template <class Use>
void for_each_word(std::string_view text, const Use& use) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto begin = i;
    while (i < text.size() && is_word(text[i])) ++i;
    if (i - begin >= shortest_word) use(text.substr(begin, i - begin));
    if (i == begin) ++i;
  }
}

struct hint {
  stem word;
  std::size_t label;
  unsigned weight;
};

bool operator<(const hint& a, const hint& b) {
  return a.word < b.word;
}

void add_hints(std::vector<hint>& hints, std::size_t index, std::string_view words, unsigned w) {
  for_each_word(words, [&](std::string_view word) { hints.push_back({stem_of(word), index, w}); });
}

// The stems of all topic names, made once.
const std::vector<std::pair<stem, const topic*>>& topic_names() {
  static const auto names = [] {
    std::vector<std::pair<stem, const topic*>> all;
    for (const auto& t : topics)
      for_each_word(t.names, [&](std::string_view word) { all.emplace_back(stem_of(word), &t); });
    return all;
  }();
  return names;
}

void add_label(std::vector<hint>& hints, std::size_t index, const label& l) {
  add_hints(hints, index, l.name, 3);
  add_hints(hints, index, l.description.substr(0, 200), 1);
  for_each_word(l.name, [&](std::string_view word) {
    for (const auto& [name, t] : topic_names())
      if (name == stem_of(word)) add_hints(hints, index, t->hints, 2);
  });
}

std::vector<hint> hints_of(std::span<const label> labels) {
  std::vector<hint> hints;
  hints.reserve(64);
  for (std::size_t i = 0; i < labels.size(); ++i) add_label(hints, i, labels[i]);
  std::sort(hints.begin(), hints.end());
  return hints;
}

std::size_t fallback(std::span<const label> labels, std::uint64_t hash) {
  for (std::size_t i = 0; i < labels.size(); ++i)
    for (const auto name : catch_alls)
      if (equal_ignoring_case(labels[i].name, name)) return i;
  return hash % labels.size();
}

}  // namespace

std::size_t choose_label(std::span<const label> labels, std::span<const std::string_view> texts,
                         std::uint64_t hash) {
  const auto hints = hints_of(labels);
  std::vector<unsigned> scores(labels.size(), 0);
  for (const auto text : texts)
    for_each_word(text.substr(0, most_read), [&](std::string_view word) {
      const hint wanted{stem_of(word), 0, 0};
      const auto [begin, end] = std::equal_range(hints.begin(), hints.end(), wanted);
      for (auto it = begin; it != end; ++it) scores[it->label] += it->weight;
    });
  const auto best = *std::max_element(scores.begin(), scores.end());
  if (best == 0) return fallback(labels, hash);
  // Among equals the hash decides, so that no label is preferred for standing first.
  std::vector<std::size_t> leaders;
  for (std::size_t i = 0; i < scores.size(); ++i)
    if (scores[i] == best) leaders.push_back(i);
  return leaders[hash % leaders.size()];
}

}  // namespace batchmill::simulator_detail
