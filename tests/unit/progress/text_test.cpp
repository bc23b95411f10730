// What is safe to print, how wide it is, and where it is cut.
#include "runner/progress/text.hpp"

#include "tests/support/catch.hpp"

using namespace batchmill;

TEST_CASE("colour wraps the text, or leaves it alone") {
  CHECK(paint(tone::good, "ok", true) == "\x1b[32mok\x1b[0m");
  CHECK(paint(tone::good, "ok", false) == "ok");
  CHECK(paint(tone::plain, "ok", true) == "ok");
  CHECK(paint(tone::bad, "", true) == "");
}

TEST_CASE("foreign text cannot steer the terminal") {
  CHECK(escape_controls("plain text, ünïcode, 日本") == "plain text, ünïcode, 日本");
  CHECK(escape_controls("\x1b[2J\x1b]0;title\x07") == "\\x1b[2J\\x1b]0;title\\x07");
  CHECK(escape_controls("a\nb\rc\td") == "a\\nb\\rc\\td");
  CHECK(escape_controls(std::string("nul\0!", 5)) == "nul\\x00!");
  CHECK(escape_controls("\x7f") == "\\x7f");
}

TEST_CASE("control characters beyond ASCII are escaped too") {
  CHECK(escape_controls("\xc2\x9b"
                        "2J") == "\\u009b2J");        // CSI as one character
  CHECK(escape_controls("\x9b") == "\\x9b");          // CSI as one byte
  CHECK(escape_controls("a\u202eb") == "a\\u202eb");  // text direction override
  CHECK(escape_controls("a\u2028b") == "a\\u2028b");  // line separator
  CHECK(escape_controls("\ufeffx") == "\\ufeffx");
}

TEST_CASE("bytes that are not UTF-8 are shown as bytes") {
  CHECK(escape_controls("\xff\xfe") == "\\xff\\xfe");
  CHECK(escape_controls("\xc0\xaf") == "\\xc0\\xaf");                    // overlong
  CHECK(escape_controls("\xed\xa0\x80") == "\\xed\\xa0\\x80");           // surrogate
  CHECK(escape_controls("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // beyond Unicode
  CHECK(escape_controls("cut \xe6\x97") == "cut \\xe6\\x97");
}

TEST_CASE("colours have no width, wide characters have two columns") {
  CHECK(visible_width("") == 0);
  CHECK(visible_width("abc") == 3);
  CHECK(visible_width("\x1b[32mabc\x1b[0m") == 3);
  CHECK(visible_width("▕█▏") == 3);
  CHECK(visible_width("日本") == 4);
  CHECK(visible_width("e\u0301") == 1);
}

TEST_CASE("text is cut to its room") {
  CHECK(cut("abc", 3) == "abc");
  CHECK(cut("abcdefghijkl", 10) == "abcdefg...");
  CHECK(cut("abcdefghijkl", 5) == "abcde");
  CHECK(cut("日本日本", 3) == "日");
  CHECK(cut("anything", 0) == "");
}

TEST_CASE("a cut inside a colour ends the colour") {
  CHECK(cut("\x1b[32mabcdefghijkl\x1b[0m", 10) == "\x1b[32mabcdefg...\x1b[0m");
}

TEST_CASE("words are wrapped, never broken") {
  using lines = std::vector<std::string>;
  CHECK(wrap("", 10) == lines{});
  CHECK(wrap("one two three", 7) == lines{"one two", "three"});
  CHECK(wrap("an incredible word", 5) == lines{"an", "incredible", "word"});
  CHECK(wrap("  two  spaces ", 20) == lines{"two spaces"});
}
