#include "runner/simulator/prose.hpp"

#include <iterator>

namespace batchmill::simulator_detail {

namespace {

constexpr std::string_view subjects[] = {"The answer",     "The text",   "This request",
                                         "The first part", "The result", "The example",
                                         "The question",   "The summary"};
constexpr std::string_view verbs[] = {"points to", "depends on", "explains", "mentions",
                                      "confirms",  "describes",  "follows",  "leads to"};
constexpr std::string_view adjectives[] = {"simple", "clear",   "short",  "early", "useful",
                                           "common", "careful", "steady", "open",  "quiet"};
constexpr std::string_view nouns[] = {"river",  "garden", "paper",  "signal", "window", "letter",
                                      "number", "market", "engine", "lesson", "bridge", "season"};
constexpr std::string_view endings[] = {"as expected",    "in most cases",  "with little doubt",
                                        "for this input", "at first sight", "in the end"};

template <class Words>
std::string_view pick(dice& die, const Words& words) {
  return words[die.below(std::size(words))];
}

}  // namespace

std::string_view some_word(dice& die) {
  return pick(die, nouns);
}

std::string some_sentence(dice& die) {
  std::string out(pick(die, subjects));
  out.append(" ").append(pick(die, verbs)).append(" a ").append(pick(die, adjectives));
  out.append(" ").append(pick(die, nouns)).append(" and a ").append(pick(die, adjectives));
  out.append(" ").append(pick(die, nouns)).append(", ").append(pick(die, endings)).append(".");
  return out;
}

}  // namespace batchmill::simulator_detail
