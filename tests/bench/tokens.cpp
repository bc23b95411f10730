// batchmill_tokens_bench ENCODING ROUNDS FILE...: counts the tokens of files and prints, as JSON, how
// fast: cold, with empty caches at the beginning of each file, and warm, when the file was counted
// just before. The best of so many rounds, in CPU time, on one thread.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>

#include "jobs/tokens/encoding.hpp"

namespace {

using namespace batchmill::tokens;

double cpu_seconds() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

template <class Work>
double seconds_of(Work work) {
  const double start = cpu_seconds();
  work();
  return cpu_seconds() - start;
}

void measure(const std::string& name, const std::shared_ptr<const vocabulary>& words,
             const std::string& path, int rounds) {
  std::ifstream file(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  double cold = 1e9;
  double warm = 1e9;
  std::size_t count = 0;
  for (int i = 0; i < rounds; ++i) {
    // An encoding with ranks of its own has caches of its own.
    const encoding e(name, pattern_of(name), std::make_shared<const vocabulary>(*words));
    e.count("");  // which makes them
    cold = std::min(cold, seconds_of([&] { count = e.count(text); }));
    warm = std::min(warm, seconds_of([&] { count = e.count(text); }));
  }
  const double megabytes = static_cast<double>(text.size()) * 1e-6;
  std::printf(R"({"file":"%s","bytes":%zu,"tokens":%zu,"cold":%.1f,"warm":%.1f,"ms":%.3f})" "\n",
              path.c_str(), text.size(), count, megabytes / cold, megabytes / warm, cold * 1e3);
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 4) {
    std::fputs("usage: batchmill_tokens_bench ENCODING ROUNDS FILE...\n", stderr);
    return 2;
  }
  const std::string name = arguments[1];
  std::shared_ptr<const vocabulary> words;
  const double ready = seconds_of([&] { words = load_vocabulary(name); });
  if (!words) {
    std::fprintf(stderr, "no table for \"%s\"\n", name.c_str());
    return 77;
  }
  std::printf(R"({"ready_ms":%.2f,"megabytes":%.2f})" "\n", ready * 1e3,
              static_cast<double>(words->memory()) * 1e-6);
  for (int i = 3; i < count; ++i) measure(name, words, arguments[i], std::atoi(arguments[2]));
}
