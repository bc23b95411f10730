#include "runner/simulator/moderation_words.hpp"

#include <algorithm>

#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace {

// Mild words on purpose: enough for tests to flag something in every category.
constexpr std::string_view harassment[] = {"idiot", "idiots", "loser",
                                           "moron", "stupid", "pathetic"};
constexpr std::string_view harassment_threatening[] = {"threaten", "threat", "threats", "revenge"};
constexpr std::string_view hate[] = {"hate", "hateful", "vermin", "subhuman", "racist"};
constexpr std::string_view hate_threatening[] = {"exterminate", "lynch", "genocide"};
constexpr std::string_view illicit[] = {"counterfeit", "launder", "shoplift", "smuggle", "steal"};
constexpr std::string_view illicit_violent[] = {"bomb", "explosive", "explosives", "grenade"};
constexpr std::string_view self_harm[] = {"suicide", "suicidal"};
constexpr std::string_view self_harm_intent[] = {"suicidal"};
constexpr std::string_view self_harm_instructions[] = {"overdose"};
constexpr std::string_view sexual[] = {"erotic", "explicit", "nude", "porn", "sex", "sexual"};
constexpr std::string_view sexual_minors[] = {"underage"};
constexpr std::string_view violence[] = {"attack", "beat",   "bomb",  "hurt", "kill",
                                         "killed", "murder", "shoot", "stab"};
constexpr std::string_view violence_graphic[] = {"blood", "bloody", "gore", "mutilated"};

constexpr moderation_category categories[] = {
    {"harassment", harassment},
    {"harassment/threatening", harassment_threatening},
    {"sexual", sexual, true},
    {"hate", hate},
    {"hate/threatening", hate_threatening},
    {"illicit", illicit},
    {"illicit/violent", illicit_violent},
    {"self-harm/intent", self_harm_intent, true},
    {"self-harm/instructions", self_harm_instructions, true},
    {"self-harm", self_harm, true},
    {"sexual/minors", sexual_minors},
    {"violence", violence, true},
    {"violence/graphic", violence_graphic, true}};

std::size_t word_length(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_word) -
                                  text.begin());
}

}  // namespace

std::span<const moderation_category> moderation_categories() {
  return categories;
}

std::size_t count_words(const moderation_category& category, std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    const auto word = text.substr(0, word_length(text));
    count += std::any_of(category.words.begin(), category.words.end(),
                         [&](auto known) { return equal_ignoring_case(word, known); });
    text.remove_prefix(std::max<std::size_t>(1, word.size()));
  }
  return count;
}

}  // namespace batchmill::simulator_detail
