#include "runner/simulator/pattern_sample.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
constexpr std::size_t open_end = 3;      // how many more "*" and "+" may give
constexpr std::size_t longest = 10'000;  // of the whole text
constexpr int deepest = 50;

// Reads the pattern and writes the sample in one pass; what is skipped is read all the same.
class sampler {
 public:
  sampler(std::string_view pattern, dice& die) : pattern_(pattern), die_(die) {}

  std::string run() { return alternatives(); }

 private:
  bool at_end() const { return at_ >= pattern_.size(); }
  char peek() const { return at_end() ? '\0' : pattern_[at_]; }

  std::string alternatives() {
    if (++depth_ > deepest) at_ = pattern_.size();
    std::vector<std::string> choices;
    do {
      choices.push_back(sequence());
    } while (take('|'));
    --depth_;
    return choices[die_.below(choices.size())];
  }

  bool take(char c) {
    if (at_end() || pattern_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::string sequence() {
    std::string out;
    while (!at_end() && peek() != '|' && peek() != ')') {
      const auto begin = at_;
      const auto piece = atom();
      const auto times = quantifier();
      for (std::size_t i = 0; i < times && out.size() < longest; ++i)
        out += i == 0 ? piece : again(begin);
    }
    return out;
  }

  // Draws the atom that begins at `begin` once more.
  std::string again(std::size_t begin) {
    const auto after = std::exchange(at_, begin);
    auto piece = atom();
    at_ = after;
    return piece;
  }

  std::string atom() {
    const char c = pattern_[at_++];
    if (c == '^' || c == '$') return {};
    if (c == '(') return group();
    if (c == '[') return one_of(char_class());
    if (c == '.') return one_of(letters);
    if (c == '\\') return escape();
    return std::string(1, c);
  }

  std::string group() {
    const bool unsupported = pattern_.substr(at_, 2) == "?=" || pattern_.substr(at_, 2) == "?!" ||
                             pattern_.substr(at_, 3) == "?<=" || pattern_.substr(at_, 3) == "?<!";
    if (take('?')) {
      if (pattern_.substr(at_, 1) == "<") at_ = std::min(pattern_.find('>', at_), pattern_.size());
      if (!at_end()) ++at_;
    }
    auto inner = alternatives();
    take(')');
    return unsupported ? std::string() : inner;
  }

  std::string escape() {
    if (at_end()) return {};
    const char c = pattern_[at_++];
    if (c == 'b' || c == 'B' || c == 'A' || c == 'z' || c == 'Z') return {};
    const auto set = escaped_set(c);
    return set.empty() ? std::string(1, c) : one_of(set);
  }

  static std::string_view escaped_set(char c) {
    switch (c) {
      case 'd':
        return digits;
      case 'w':
        return "abcdefghijklmnopqrstuvwxyz0123456789_";
      case 's':
        return " ";
      case 'D':
      case 'S':
      case 'W':
        return c == 'W' ? std::string_view("-") : letters;
      case 'n':
        return "\n";
      case 't':
        return "\t";
      case 'r':
        return "\r";
      default:
        return {};
    }
  }

  std::string char_class() {
    const bool negated = take('^');
    std::string members;
    bool first = true;
    while (!at_end() && (first || peek() != ']')) {
      first = false;
      add_member(members);
    }
    take(']');
    return negated ? all_but(members) : members;
  }

  void add_member(std::string& members) {
    char c = pattern_[at_++];
    if (c == '\\' && !at_end()) {
      c = pattern_[at_++];
      const auto set = escaped_set(c);
      members += set;
      if (!set.empty()) return;
    }
    const bool range = peek() == '-' && at_ + 1 < pattern_.size() && pattern_[at_ + 1] != ']';
    if (!range) {
      members += c;
      return;
    }
    const char last = pattern_[at_ + 1];
    at_ += 2;
    for (int member = c; member <= last; ++member) members += static_cast<char>(member);
  }

  static std::string all_but(std::string_view members) {
    std::string out;
    for (char c = ' '; c < 127; ++c)
      if (members.find(c) == std::string_view::npos) out += c;
    return out;
  }

  std::string one_of(std::string_view set) {
    return set.empty() ? std::string() : std::string(1, set[die_.below(set.size())]);
  }

  std::size_t quantifier() {
    std::size_t least = 1, most = 1;
    if (take('*')) {
      least = 0, most = open_end;
    } else if (take('+')) {
      most = 1 + open_end;
    } else if (take('?')) {
      least = 0;
    } else if (peek() == '{' && is_digit(at_ + 1 < pattern_.size() ? pattern_[at_ + 1] : ' ')) {
      ++at_;
      least = most = number();
      if (take(',')) most = peek() == '}' ? least + open_end : number();
      take('}');
    } else {
      return 1;
    }
    take('?');  // lazy or not is the same here
    return least + die_.below(std::max(most, least) - least + 1);
  }

  std::size_t number() {
    std::size_t value = 0;
    while (is_digit(peek()) && value < longest)
      value = value * 10 + static_cast<std::size_t>(pattern_[at_++] - '0');
    return value;
  }

  std::string_view pattern_;
  dice& die_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

std::string sample_pattern(std::string_view pattern, dice& die) {
  return sampler(pattern, die).run();
}

}  // namespace batchmill::simulator_detail
