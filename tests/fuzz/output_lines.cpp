// Lines of an output that is gone on with: they are counted, and relabelled for another row.
#include "batchmill/json_text.hpp"
#include "runner/engine/ledger/output_reader.hpp"
#include "tests/fuzz/fuzz_target.hpp"

using namespace batchmill;
using fuzz::require;

FUZZ_TARGET(fuzz_output_lines) {
  for (const output_format format :
       {output_format::batch, output_format::text, output_format::full, output_format::vectors}) {
    const finished_row row = read_output_line(input, format);
    std::string line;
    if (json::minify(input, line) || json::kind_of(line) != json::kind::object) continue;
    if (line == "{}") continue;
    const std::string other = relabelled(line, format, 5, R"("id-5")", R"({"text":"5"})");
    require(!json::validate(other), "a relabelled line is valid JSON");
    require(read_output_line(other, format).ok == row.ok, "another label changes no verdict");
  }
}
