// What the environment says about colours, characters and terminals.
#include "runner/progress/environment.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace batchmill {

namespace {

using style = progress_options::style;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool is_utf8(std::string locale) {
  std::transform(locale.begin(), locale.end(), locale.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return locale.find("utf-8") != locale.npos || locale.find("utf8") != locale.npos;
}

}  // namespace

environment environment::of_process() {
  environment env;
  env.no_color = !variable("NO_COLOR").empty();
  env.term = variable("TERM");
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"})
    if (env.locale.empty()) env.locale = variable(name);
  return env;
}

style chosen_style(const progress_options& o, bool is_terminal, const environment& env) {
  if (o.how != style::automatic) return o.how;
  return is_terminal && env.term != "dumb" ? style::terminal : style::plain;
}

look chosen_look(const progress_options& o, style chosen, bool is_terminal,
                 const environment& env) {
  const bool place_has_colors = chosen == style::terminal || (chosen == style::none && is_terminal);
  return {o.color && place_has_colors && !env.no_color && env.term != "dumb", is_utf8(env.locale)};
}

}  // namespace batchmill
