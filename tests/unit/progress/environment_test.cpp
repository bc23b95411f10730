// Which display and which colours, decided from what is around.
#include "runner/progress/environment.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;
using style = progress_options::style;

namespace {

environment xterm() {
  environment env;
  env.term = "xterm-256color";
  env.locale = "en_US.UTF-8";
  return env;
}

}  // namespace

TEST_CASE("a terminal gets the live area, everything else plain lines") {
  const progress_options o;
  CHECK(chosen_style(o, true, xterm()) == style::terminal);
  CHECK(chosen_style(o, false, xterm()) == style::plain);
  auto dumb = xterm();
  dumb.term = "dumb";
  CHECK(chosen_style(o, true, dumb) == style::plain);
}

TEST_CASE("a style that was asked for is kept") {
  progress_options o;
  for (const auto how : {style::terminal, style::plain, style::json, style::none}) {
    o.how = how;
    CHECK(chosen_style(o, true, xterm()) == how);
    CHECK(chosen_style(o, false, xterm()) == how);
  }
}

TEST_CASE("colour needs a terminal and nobody against it") {
  progress_options o;
  auto env = xterm();
  const auto color = [&](style s, bool tty) { return chosen_look(o, s, tty, env).color; };
  CHECK(color(style::terminal, true));
  CHECK(color(style::none, true));
  CHECK_FALSE(color(style::none, false));
  CHECK_FALSE(color(style::plain, true));
  SECTION("NO_COLOR") {
    env.no_color = true;
  }
  SECTION("TERM=dumb") {
    env.term = "dumb";
  }
  SECTION("the option") {
    o.color = false;
  }
  CHECK_FALSE(color(style::terminal, true));
}

TEST_CASE("block characters need a UTF-8 locale") {
  auto env = xterm();
  const auto unicode = [&](const char* locale) {
    env.locale = locale;
    return chosen_look({}, style::terminal, true, env).unicode;
  };
  CHECK(unicode("de_DE.UTF-8"));
  CHECK(unicode("C.utf8"));
  CHECK_FALSE(unicode("C"));
  CHECK_FALSE(unicode("de_DE.ISO-8859-1"));
  CHECK_FALSE(unicode(""));
}
