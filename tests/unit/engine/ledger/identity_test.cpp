#include "runner/engine/ledger/identity.hpp"

#include <filesystem>

#include "batchmill/error.hpp"
#include "runner/engine/ledger/request_hash.hpp"
#include "runner/engine/ledger/run_state.hpp"
#include "tests/fakes/ledger_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using namespace batchmill::testing;
namespace fs = std::filesystem;

namespace {

run_identity elaborate(const temporary_folder& folder) {
  job_spec spec;
  spec.name = "it's";
  spec.output.format = output_format::full;
  run_identity identity = new_identity(spec, {folder.write("in.jsonl", "a\nb\n\nc\n"), "-"});
  identity.generation = 3;
  identity.moving = true;
  identity.drop_failed = true;
  return identity;
}

}  // namespace

TEST_CASE("an identity comes back as it was written, and is replaced as a whole") {
  const temporary_folder folder;
  const std::string path = folder.path("run.db");
  REQUIRE_FALSE(read_identity(path, true));
  run_identity identity = elaborate(folder);
  write_identity(path, identity);
  const auto back = read_identity(path, false);
  REQUIRE(back);
  REQUIRE(back->run_id == identity.run_id);
  REQUIRE(back->run_id.size() == 36);
  REQUIRE(back->spec_name == "it's");
  REQUIRE(back->fingerprint == identity.fingerprint);
  REQUIRE(back->format == output_format::full);
  REQUIRE(back->inputs == identity.inputs);
  REQUIRE(back->inputs[0].size == 7);
  REQUIRE(back->generation == 3);
  REQUIRE(back->moving);
  REQUIRE(back->drop_failed);
  REQUIRE_FALSE(back->finished);
  identity.inputs.pop_back();
  identity.finished = true;
  write_identity(path, identity);
  REQUIRE(read_identity(path, true)->inputs.size() == 1);
  REQUIRE(read_identity(path, true)->finished);
}

TEST_CASE("two identities tell which keys of the spec changed") {
  job_spec spec;
  spec.model = "one";
  const run_identity before = new_identity(spec, {});
  spec.file = "elsewhere.yaml";
  REQUIRE(changed_keys(before, new_identity(spec, {})).empty());
  spec.model = "other";
  REQUIRE(changed_keys(before, new_identity(spec, {})) == "`model`");
  spec.body_template.text = "{}";
  REQUIRE(changed_keys(before, new_identity(spec, {})) == "`model`, `template`");
}

TEST_CASE("an identity that is damaged reads as none and can be replaced") {
  const temporary_folder folder;
  const std::string path = folder.write("run.db", "this is no database at all, not even nearly");
  REQUIRE_FALSE(read_identity(path, false));
  REQUIRE_FALSE(read_identity(path, true));
  write_identity(path, elaborate(folder));
  REQUIRE(read_identity(path, true));
}

TEST_CASE("a request is known by its target, headers and body, and by nothing else") {
  const http_request request("POST", "/v1/a", "body");
  REQUIRE(request_hash(request) == request_hash(http_request("POST", "/v1/a", "body")));
  REQUIRE(request_hash(request) != request_hash(http_request("POST", "/v1/b", "body")));
  REQUIRE(request_hash(request) != request_hash(http_request("POST", "/v1/a", "body2")));
  http_request other = request;
  other.headers = "X: 1\r\n";
  REQUIRE(request_hash(request) != request_hash(other));
  // The hashes stand in files: this one must never change.
  REQUIRE(request_hash(request) == 0x96b9be931cfcbf47);
}

TEST_CASE("a bystander sees how a run stands, and changes nothing") {
  const temporary_folder folder;
  const ledger_paths paths(folder.path("out.jsonl"), "");
  REQUIRE_THROWS_AS(look_at(paths.output), usage_error);
  fs::create_directory(paths.folder);
  run_identity identity = elaborate(folder);
  identity.inputs.pop_back();
  write_identity(paths.identity(), identity);
  ledger_run run(paths);
  run.book.put(row_of(0));
  run.book.put(row_of(2, true));
  run.tick();
  const auto size = fs::file_size(segment_path(paths.folder, 1));
  const run_state state = look_at(paths.output);
  REQUIRE(state.counts.ok == 1);
  REQUIRE(state.counts.failed == 1);
  REQUIRE(state.counts.failures.at("400 bad") == 1);
  REQUIRE(state.counts.tokens.total == 20);
  REQUIRE(state.in_output == 1);
  REQUIRE(state.ahead == 1);
  REQUIRE(state.rows_total == 3);
  REQUIRE_FALSE(state.finished);
  REQUIRE_FALSE(state.pid);
  REQUIRE(state.last_moved > 1'700'000'000);
  REQUIRE(fs::file_size(segment_path(paths.folder, 1)) == size);
  REQUIRE_FALSE(fs::exists(paths.lock()));
}

TEST_CASE("an output without ledger is a complete one to a bystander") {
  const temporary_folder folder;
  const std::string output = folder.write("out.jsonl", line_of(0) + "\n" + line_of(1) + "\n");
  const run_state state = look_at(output);
  REQUIRE(state.finished);
  REQUIRE(state.counts.ok == 2);
  REQUIRE(state.rows_total == 2);
}
