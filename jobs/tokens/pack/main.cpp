// pack_token_ranks RANKS.tiktoken PACKED: a step of the build, which puts a table of ranks into the
// compact form that the program carries.
#include <cstdio>
#include <exception>
#include <fstream>
#include <sstream>
#include <string>

#include "jobs/tokens/packed_ranks.hpp"
#include "jobs/tokens/rank_file.hpp"

int main(int count, char** arguments) {
  if (count != 3) {
    std::fputs("usage: pack_token_ranks RANKS.tiktoken PACKED\n", stderr);
    return 2;
  }
  try {
    std::ifstream in(arguments[1], std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    const auto ranks = batchmill::tokens::read_ranks(text.str());
    std::ofstream out(arguments[2], std::ios::binary);
    out << batchmill::tokens::pack_ranks(batchmill::tokens::halves_of(ranks));
    if (in && out.flush()) return 0;
    std::fprintf(stderr, "%s: cannot read it, or not write %s\n", arguments[1], arguments[2]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", arguments[1], error.what());
  }
  return 1;
}
