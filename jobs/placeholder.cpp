#include "jobs/placeholder.hpp"

#include <charconv>
#include <utility>

#include "batchmill/error.hpp"
#include "batchmill/json_text.hpp"
#include "jobs/did_you_mean.hpp"

namespace batchmill::jobs {

namespace {

std::optional<placeholder::form> form_called(std::string_view filter) {
  if (filter == "json") return placeholder::form::json;
  if (filter == "value") return placeholder::form::value;
  if (filter == "data_url") return placeholder::form::data_url;
  return std::nullopt;
}

/// Reads from left to right; `rest_` is what is still to be read.
class parser {
 public:
  parser(std::string_view expression, const std::string& where)
      : whole_(expression), rest_(expression), where_(where) {}

  placeholder run() {
    skip_blanks();
    if (rest_.empty()) fail("names no field");
    if (at_quote()) {
      result_.fallback = quoted();
    } else {
      path();
    }
    skip_blanks();
    while (take('|')) filter();
    if (!rest_.empty()) fail("has '" + std::string(rest_) + "' where its end or a '|' should be");
    check_combination();
    return std::move(result_);
  }

 private:
  void path() {
    const std::string_view start = rest_;
    if (rest_.front() != '[') result_.path.emplace_back(name());
    for (;;) {
      if (take('.')) {
        result_.path.emplace_back(name());
      } else if (take('[')) {
        result_.path.push_back(subscript());
      } else {
        break;
      }
    }
    if (!std::holds_alternative<std::string>(result_.path.front())) {
      fail("begins with an index, but a row is an object");
    }
    result_.name = start.substr(0, start.size() - rest_.size());
  }

  std::string name() {
    const std::size_t length = std::min(rest_.find_first_of(" \t\n.|[](){}\"'"), rest_.size());
    if (length == 0) fail("lacks a field name");
    return std::string(take_front(length));
  }

  placeholder::step subscript() {
    skip_blanks();
    placeholder::step step = at_quote() ? placeholder::step(quoted()) : placeholder::step(index());
    skip_blanks();
    if (!take(']')) fail("lacks a ']'");
    return step;
  }

  std::size_t index() {
    std::size_t value = 0;
    const char* end = rest_.data() + rest_.size();
    const auto [stop, error] = std::from_chars(rest_.data(), end, value);
    if (error != std::errc()) fail("needs a number or a quoted name in its brackets");
    rest_.remove_prefix(static_cast<std::size_t>(stop - rest_.data()));
    return value;
  }

  std::string quoted() {
    const char quote = rest_.front();
    const std::size_t end = rest_.find(quote, 1);
    if (end == std::string_view::npos) fail("lacks a closing quote");
    const std::string_view text = take_front(end + 1);
    return std::string(text.substr(1, text.size() - 2));
  }

  void filter() {
    skip_blanks();
    const std::string filter = name();
    if (const auto form = form_called(filter)) {
      if (result_.as != placeholder::form::text) {
        fail("has more than one of json, value and data_url");
      }
      result_.as = *form;
    } else if (filter == "trim") {
      result_.trim = true;
    } else if (filter == "default") {
      result_.fallback = argument();
    } else {
      fail("has an unknown filter '" + filter + "'" +
           did_you_mean(filter, {"json", "value", "data_url", "trim", "default"}) +
           "; the filters are json, value, data_url, trim and default(\"...\")");
    }
    skip_blanks();
  }

  std::string argument() {
    skip_blanks();
    const bool open = take('(');
    skip_blanks();
    if (!open || !at_quote()) fail("needs a quoted text in default(\"...\")");
    std::string text = quoted();
    skip_blanks();
    if (!take(')')) fail("lacks a ')'");
    return text;
  }

  void check_combination() {
    if (result_.trim && result_.as != placeholder::form::text) {
      fail("trims, which goes with none of json, value and data_url");
    }
  }

  bool at_quote() const { return rest_.starts_with('"') || rest_.starts_with('\''); }

  void skip_blanks() {
    while (!rest_.empty() && json::detail::is_space(rest_.front())) rest_.remove_prefix(1);
  }

  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string_view take_front(std::size_t n) {
    const std::string_view front = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return front;
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw usage_error(where_ + ": the placeholder {{" + std::string(whole_) + "}} " + what);
  }

  std::string_view whole_;
  std::string_view rest_;
  const std::string& where_;
  placeholder result_;
};

}  // namespace

placeholder parse_placeholder(std::string_view expression, const std::string& where) {
  return parser(expression, where).run();
}

}  // namespace batchmill::jobs
