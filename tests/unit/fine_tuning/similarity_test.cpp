// Examples that are nearly the same, and frames that only look like it.
#include "jobs/fine_tuning/similarity.hpp"

#include <random>

#include "tests/support/catch.hpp"
#include "tests/unit/fine_tuning/dataset.hpp"

namespace batchmill {
namespace {

using testing::check_text;
using testing::found_in;

using found = std::vector<std::string>;

/// So many words, the same for the same seed.
std::string words(unsigned seed, int count) {
  std::minstd_rand random(seed);
  std::string text;
  for (int i = 0; i < count; ++i) {
    for (auto n = 2 + random() % 7; n > 0; --n) {
      text += static_cast<char>('a' + random() % 26);
    }
    text += ' ';
  }
  return text;
}

std::string example(const std::string& question, const std::string& answer) {
  return R"({"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":")" +
         question + R"("},{"role":"assistant","content":")" + answer + "\"}]}\n";
}

}  // namespace

TEST_CASE("fine-tuning data: an example with a word changed is nearly a duplicate") {
  std::string text;
  for (unsigned n = 0; n < 100; ++n) text += example(words(n, 60), words(n + 1000, 60));
  std::string changed = words(40, 60);
  changed.replace(changed.find(' ', 150) + 1, 4, "zzzz");
  REQUIRE(changed != words(40, 60));
  const auto report = check_text(text + example(changed, words(1040, 60))).training;
  CHECK(found_in(report) == found{"near_duplicate at 101"});
  CHECK(report.findings[0].first[0].sentence == "nearly the same as line 41");
  // Half of another is none.
  CHECK(found_in(check_text(text + example(words(40, 60), words(5000, 60))).training) == found());
}

TEST_CASE("fine-tuning data: a frame around each question makes no duplicates") {
  const std::string frame = words(7, 400);
  std::string text;
  for (unsigned n = 0; n < 100; ++n) text += example(frame + words(n + 9, 40), words(n + 900, 3));
  CHECK(found_in(check_text(text).training) == found());
}

TEST_CASE("fine-tuning data: the memory for near duplicates has a bound") {
  fine_tuning::similar_rows rows;
  fine_tuning::sketcher sketcher;
  const auto sketch_of = [&](unsigned seed) {
    sketcher.clear();
    std::string letters = words(seed, 40);
    sketcher.add(letters, {});
    return sketcher.result();
  };
  for (unsigned n = 1; n <= 3000; ++n) CHECK(rows.add(sketch_of(n), n).line == 0);
  int again = 0;
  for (unsigned n = 1; n <= 3000; n += 10) again += rows.add(sketch_of(n), 9000).line == n;
  CHECK(again >= 297);  // newer ones may have taken the place of some
  sketcher.clear();
  sketcher.add("too short to be told", {});
  CHECK_FALSE(sketcher.result().is_telling);
  CHECK(rows.add(sketcher.result(), 1).line == 0);
}

}  // namespace batchmill
