// What is kept of the fuzzing runs as inputs of their targets, and these a little changed. A
// finding stays here with its fix.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>

#include "tests/fuzz/fuzz_target.hpp"
#include "tests/support/catch.hpp"

namespace fs = std::filesystem;
using namespace batchmill;

namespace {

const fs::path corpus = fs::path(BATCHMILL_SOURCE_DIR) / "tests/fuzz/corpus";

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The input, cut off and with a byte changed: the same each time.
void run_with_changes(fuzz::target run, const std::string& input) {
  run(input);
  std::minstd_rand random(static_cast<unsigned>(input.size()));
  for (int i = 0; i < 4 && !input.empty(); ++i) {
    std::string changed = input.substr(0, random() % input.size() + 1);
    changed[random() % changed.size()] = static_cast<char>(random());
    run(changed);
  }
}

}  // namespace

TEST_CASE("every fuzz target has a corpus, and every corpus a target") {
  std::set<std::string> targets;
  for (const auto& [name, run] : fuzz::targets()) targets.insert(name);
  std::set<std::string> folders;
  for (const auto& folder : fs::directory_iterator(corpus))
    folders.insert(folder.path().filename().string());
  CHECK(targets == folders);
}

TEST_CASE("the corpora of the fuzz targets hold what they require") {
  for (const auto& [name, run] : fuzz::targets()) {
    run("");
    for (const auto& file : fs::directory_iterator(corpus / name)) {
      CAPTURE(file.path().string());
      CHECK_NOTHROW(run_with_changes(run, content(file.path())));
    }
  }
}
