#include "runner/simulator/labels.hpp"

#include <algorithm>
#include <array>

#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace {

constexpr std::size_t longest_label = 40, most_words = 4, most_labels = 100;
constexpr std::size_t searched = 16'384;  // characters; instructions stand at the beginning

// Words that introduce labels. Those marked direct may be followed by the list at once.
struct cue {
  std::string_view word;
  bool direct;
};
constexpr cue cues[] = {{"one of", true},   {"either", true},      {"labels", false},
                        {"label", false},   {"categories", false}, {"category", false},
                        {"classes", false}, {"classify", false},   {"class", false},
                        {"options", false}, {"choices", false},    {"choose from", true},
                        {"choose", false},  {"sentiment", false}};

constexpr std::string_view fillers[] = {"the",   "following", "these",  "labels",  "categories",
                                        "words", "options",   "values", "classes", "exactly",
                                        "label", "category",  "topics", "only",    "below"};

// A list that begins so is a story: "One of his friends, Tom, came by."
constexpr std::string_view story_words[] = {"his", "her", "my",   "their", "our",
                                            "its", "a",   "them", "us",    "your"};

bool is_wrapping(char c) {
  return is_space(c) || c == '"' || c == '\'' || c == '`' || c == '*' || c == '[' || c == ']' ||
         c == '(' || c == ')' || c == '{' || c == '}' || c == '<' || c == '>' || c == '.';
}

std::string_view unwrap(std::string_view text) {
  while (!text.empty() && is_wrapping(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_wrapping(text.back())) text.remove_suffix(1);
  return text;
}

bool is_label(std::string_view text) {
  if (text.empty() || text.size() > longest_label) return false;
  if (!is_word(text.front())) return false;
  if (text.find_first_of(":?!\"") != std::string_view::npos) return false;
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), ' ')) < most_words;
}

std::string_view without_prefix(std::string_view text, std::string_view prefix) {
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

// "a, b or c" -> a, b, c. What comes after the first part that is no label is not taken.
void add_inline(std::string_view text, label_list& list) {
  const char separator = text.find('|') != std::string_view::npos   ? '|'
                         : text.find(',') != std::string_view::npos ? ','
                                                                    : '/';
  for (auto part : split(text, separator)) {
    part = without_prefix(without_prefix(trim(part), "or "), "and ");
    auto last = std::string_view();
    for (const std::string_view joint : {" or ", " and "})
      if (const auto at = part.find(joint); at != std::string_view::npos && last.empty()) {
        last = unwrap(part.substr(at + joint.size()));
        part = part.substr(0, at);
      }
    part = unwrap(part);
    if (!is_label(part) || list.labels.size() == most_labels) return;
    list.labels.push_back({part, {}});
    if (is_label(last)) list.labels.push_back({last, {}});
  }
}

// Up to the end of the line or of the sentence, whichever comes first.
std::size_t end_of_inline(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' || text[i] == ';') return i;
    const bool ends = text[i] == '.' || text[i] == ')' || text[i] == ']' || text[i] == '}';
    if (ends && (i + 1 == text.size() || is_space(text[i + 1]))) return i;
    if (text[i] == '.' && text[i + 1] == '"') return i;
  }
  return text.size();
}

// The text after a bullet; empty when the line has none.
std::string_view after_bullet(std::string_view line) {
  line = trim(line);
  for (const std::string_view bullet : {"- ", "* ", "\xe2\x80\xa2 "})
    if (line.starts_with(bullet)) return trim(line.substr(bullet.size()));
  const auto digits = line.find_first_not_of("0123456789");
  if (digits == 0 || digits == std::string_view::npos) return {};
  return line[digits] == '.' || line[digits] == ')' ? trim(line.substr(digits + 1))
                                                    : std::string_view();
}

label split_description(std::string_view item) {
  for (const std::string_view joint : {": ", " - ", " \xe2\x80\x93 ", " \xe2\x80\x94 ", " ("})
    if (const auto at = item.find(joint); at != std::string_view::npos)
      return {unwrap(item.substr(0, at)), item.substr(at + joint.size())};
  return {unwrap(item.substr(0, item.find_last_not_of(':') + 1)), {}};
}

// Returns where the bulleted lines end.
std::size_t add_bulleted(std::string_view text, label_list& list) {
  std::size_t at = 0;
  while (at < text.size() && list.labels.size() < most_labels) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto line = text.substr(at, end - at);
    const auto item = split_description(after_bullet(line));
    if (is_label(item.name))
      list.labels.push_back(item);
    else if (!trim(line).empty() || !list.labels.empty())
      break;
    at = end + 1;
  }
  return std::min(at, text.size());
}

label_list read_list(std::string_view text, std::size_t from) {
  label_list list;
  list.begin = from;
  const auto rest = text.substr(from);
  const auto line_end = std::min(rest.find('\n'), rest.size());
  if (trim(rest.substr(0, line_end)).empty()) {
    list.end = from + add_bulleted(rest, list);
  } else {
    const auto end = end_of_inline(rest);
    add_inline(rest.substr(0, end), list);
    list.end = from + end;
  }
  if (list.labels.size() < 2) list.labels.clear();
  return list;
}

std::size_t skip_fillers(std::string_view text, std::size_t at) {
  for (;;) {
    while (at < text.size() && (text[at] == ' ' || text[at] == ':')) ++at;
    auto end = at;
    while (end < text.size() && is_word(text[end])) ++end;
    const auto word = text.substr(at, end - at);
    if (std::find(std::begin(fillers), std::end(fillers), word) == std::end(fillers)) return at;
    at = end;
  }
}

// After "label", "classify" and their like: the list begins behind a colon or bracket, or an "as".
std::size_t list_start(std::string_view text, std::size_t at) {
  const auto line = text.substr(at, std::min<std::size_t>(text.find('\n', at), at + 120) - at);
  const auto colon = line.find_first_of(":([");
  if (colon != std::string_view::npos && line.substr(0, colon).find(". ") == line.npos)
    return at + colon + 1;
  for (const std::string_view joint : {" as ", " into ", " is ", " are "})
    if (const auto found = line.find(joint); found != std::string_view::npos)
      return skip_fillers(text, at + found + joint.size());
  return std::string_view::npos;
}

bool is_story(const label_list& list) {
  const auto first = list.labels.front().name;
  const auto word = first.substr(0, first.find(' '));
  return std::any_of(std::begin(story_words), std::end(story_words),
                     [&](std::string_view s) { return equal_ignoring_case(s, word); });
}

label_list read_cue(std::string_view text, std::size_t at, const cue& c) {
  const auto after = at + c.word.size();
  if (c.direct)
    if (auto list = read_list(text, skip_fillers(text, after)); !list.labels.empty())
      return is_story(list) ? label_list() : list;
  const auto start = list_start(text, after);
  return start == std::string_view::npos ? label_list() : read_list(text, start);
}

bool begins_with(std::string_view text, std::size_t at, std::string_view word) {
  const auto end = at + word.size();
  return end <= text.size() && equal_ignoring_case(text.substr(at, word.size()), word) &&
         (end == text.size() || !is_word(text[end]));
}

// "a|b|c" anywhere.
label_list read_bars(std::string_view text) {
  const auto bar = text.find('|');
  if (bar == std::string_view::npos) return {};
  constexpr std::string_view edges = "([{\":;\n.=";
  const auto before = text.find_last_of(edges, bar);
  const auto end = std::min(text.find_first_of(")]}\";\n.", bar), text.size());
  label_list list;
  list.begin = before == std::string_view::npos ? 0 : before + 1;
  list.end = end;
  add_inline(text.substr(list.begin, end - list.begin), list);
  if (list.labels.size() < 2) list.labels.clear();
  return list;
}

}  // namespace

label_list find_labels(std::string_view text) {
  text = text.substr(0, searched);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i > 0 && is_word(text[i - 1])) continue;
    if (std::string_view("olces").find(lower(text[i])) == std::string_view::npos) continue;
    for (const auto& c : cues)
      if (begins_with(text, i, c.word))
        if (auto list = read_cue(text, i, c); !list.labels.empty()) return list;
  }
  return read_bars(text);
}

}  // namespace batchmill::simulator_detail
