#include "runner/engine/ledger/opening.hpp"

#include <filesystem>
#include <fstream>
#include <set>

#include "batchmill/error.hpp"
#include "runner/engine/ledger/closing.hpp"
#include "runner/engine/ledger/generations.hpp"
#include "runner/engine/ledger/input_check.hpp"
#include "runner/engine/ledger/output_reader.hpp"
#include "runner/engine/row_source.hpp"
#include "tests/fakes/echo_job.hpp"
#include "tests/fakes/ledger_run.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using namespace batchmill::testing;
namespace fs = std::filesystem;

namespace {

class listener final : public run_observer {
 public:
  void notice(severity, std::string_view sentence) override {
    said += std::string(sentence) + "\n";
  }
  std::string said;
};

struct flags {
  bool fresh = false;
  bool reuse = false;
  bool retry_failed = false;
  bool replace = false;
  bool keep = false;
  std::uint64_t limit = 0;
  std::uint64_t stop_after = UINT64_MAX;  // rows; then the process "dies"
  std::set<std::string> failing;          // rows that the server refuses
};

/// A job on files; its "server" answers a row with the row and the number of the process.
struct place_to_run {
  place_to_run() {
    spec.file = folder.path("job.yaml");
    spec.name = "test";
    spec.output.failed = "failed.jsonl";
  }

  void write_input(const std::string& text) { spec.input.paths = {folder.write("in.jsonl", text)}; }

  opening_request request(const flags& f) {
    opening_request ask(spec, job, heard, paths);
    ask.inputs = spec.input.paths;
    ask.summary = paths.output + ".summary.json";
    ask.fresh = f.fresh;
    ask.reuse = f.reuse;
    ask.retry_failed = f.retry_failed;
    ask.replace = f.replace;
    ask.limit = f.limit;
    return ask;
  }

  /// One process: opens, asks what is left, closes. Returns the rows that it asked.
  std::vector<std::string> run(const flags& f = {}) {
    heard.said.clear();
    ++process;
    asked.clear();
    opened_run book = open_run(request(f));
    closing_facts facts;
    facts.keep = f.keep;
    facts.every_row = book.complete || work(book, f);
    facts.limited = f.limit != 0;
    if (facts.every_row && !book.complete) write_summary(book);
    if (f.stop_after == UINT64_MAX) close_run(book, facts);
    return asked;
  }

  bool work(opened_run& book, const flags& f) {
    boost::asio::io_context io(1);
    const auto worker = make_inline_disk(io.get_executor());
    ledger output(io.get_executor(), *worker, *book.files, book.found);
    row_source rows(spec, f.limit);
    while (const auto r = rows.wait_next()) {
      if (output.finished(r->index)) continue;
      output.put(answer(*r, book, f));
      if (asked.size() < f.stop_after) continue;
      output.tick();
      return false;
    }
    run_coroutine(io, output.settle());
    return true;
  }

  finished_row answer(const row& r, opened_run& book, const flags& f) {
    const std::uint64_t hash = hash_now(job, r);
    const std::string id = '"' + std::to_string(r.index) + '"';
    if (auto kept = book.kept ? book.kept->take(hash) : std::nullopt) {
      kept->line = relabelled(kept->line, output_format::batch, r.index, id, "");
      kept->index = r.index;
      kept->hash = hash;
      if (!kept->ok) kept->failed_input = r.text;
      return std::move(*kept);
    }
    asked.push_back(r.text);
    finished_row row = row_of(r.index, f.failing.contains(r.text));
    row.hash = hash;
    const std::string body = R"({"said":")" + r.text + std::to_string(process) + R"("})";
    const std::string bad = R"({"error":{"code":"bad"}})";
    row.line = R"({"id":"batch_req_)" + std::to_string(r.index) + R"(","custom_id":)" + id +
               R"(,"response":{"status_code":)" + (row.ok ? "200" : "400") +
               R"(,"request_id":null,"body":)" + (row.ok ? body : bad) + R"(},"error":null})";
    row.failed_input = row.ok ? "" : r.text;
    return row;
  }

  void write_summary(const opened_run& book) {
    const std::uint64_t rows = book.files->mark().position;
    std::ofstream(paths.output + ".summary.json")
        << R"({ "requests_digest": ")" << digest_of_output(paths, rows) << "\" }";
  }

  /// What each row's answer says, in order; checks the numbers in front.
  std::vector<std::string> answers() {
    std::vector<std::string> found;
    std::istringstream lines(folder.read("out.jsonl"));
    for (std::string line; std::getline(lines, line);) {
      const std::string head = R"({"id":"batch_req_)" + std::to_string(found.size()) +
                               R"(","custom_id":")" + std::to_string(found.size()) + '"';
      REQUIRE(line.starts_with(head));
      const auto at = line.find(R"("said":")");
      found.push_back(at == line.npos ? "bad"
                                      : line.substr(at + 8, line.find('"', at + 8) - at - 8));
    }
    return found;
  }

  bool has_ledger() const { return fs::exists(paths.folder); }

  temporary_folder folder;
  ledger_paths paths{folder.path("out.jsonl"), folder.path("failed.jsonl")};
  job_spec spec;
  echo_job job;
  listener heard;
  std::vector<std::string> asked;
  int process = 0;
};

using texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a run that finishes well leaves its output and no ledger") {
  place_to_run place;
  place.write_input("a\nb\nc\n");
  REQUIRE(place.run() == texts{"a", "b", "c"});
  REQUIRE(place.answers() == texts{"a1", "b1", "c1"});
  REQUIRE_FALSE(place.has_ledger());
  REQUIRE(place.heard.said.empty());
}

TEST_CASE("an unfinished run is gone on with, and says so") {
  place_to_run place;
  place.write_input("a\nb\nc\nd\n");
  flags dies;
  dies.stop_after = 3;
  place.run(dies);
  const auto rights = fs::status(place.paths.folder).permissions();
  REQUIRE(rights == fs::perms::owner_all);
  REQUIRE(place.run() == texts{"d"});
  REQUIRE_THAT(place.heard.said, ContainsSubstring("resuming: 3 rows are kept, 1 is left"));
  REQUIRE(place.answers() == texts{"a1", "b1", "c1", "d2"});
  REQUIRE_FALSE(place.has_ledger());
}

TEST_CASE("a complete output is left alone, with or without its ledger") {
  const bool keep = GENERATE(false, true);
  place_to_run place;
  place.write_input("a\nb\n");
  flags f;
  f.keep = keep;
  place.run(f);
  REQUIRE(place.has_ledger() == keep);
  REQUIRE(place.run(f).empty());
  REQUIRE_THAT(place.heard.said,
               ContainsSubstring("out.jsonl is complete (2 rows); --fresh runs it again"));
  REQUIRE(place.answers() == texts{"a1", "b1"});
  REQUIRE(place.has_ledger() == keep);
}

TEST_CASE("run --fresh moves output, failed rows and ledger aside and asks all again") {
  place_to_run place;
  place.write_input("a\nb\n");
  flags dies;
  dies.stop_after = 1;
  dies.failing = {"a"};
  place.run(dies);
  flags fresh;
  fresh.fresh = true;
  REQUIRE(place.run(fresh) == texts{"a", "b"});
  REQUIRE(place.answers() == texts{"a2", "b2"});
  REQUIRE_THAT(place.folder.read("out.jsonl.1"), ContainsSubstring("bad"));
  REQUIRE(place.folder.read("failed.jsonl.1") == "a\n");
  REQUIRE(fs::exists(place.folder.path("out.jsonl.ledger.1/run.db")));
}

TEST_CASE("a changed row under an unfinished run is noticed before anything is sent") {
  place_to_run place;
  place.write_input("a\nb\nc\nd\n");
  flags dies;
  dies.stop_after = 2;
  place.run(dies);
  place.write_input("a\nB\nc\nd\n");
  REQUIRE_THROWS_WITH(
      place.run(),
      ContainsSubstring("the input changed: 1 of 2 rows finished have another request now (first: "
                        "row 2) since") &&
          ContainsSubstring("--reuse keeps the results of rows whose request is unchanged and asks "
                            "the others, --fresh moves the output aside"));
  REQUIRE(place.asked.empty());
  REQUIRE(place.answers() == texts{"a1", "b1"});
}

TEST_CASE("an input that shrank, or grew, under a run is noticed") {
  place_to_run place;
  place.write_input("a\nb\nc\n");
  flags dies;
  dies.stop_after = 2;
  place.run(dies);
  place.write_input("a\n");
  REQUIRE_THROWS_WITH(place.run(), ContainsSubstring("the input shrank: 1 of its finished rows"));
  place.write_input("a\nb\nc\nd\n");
  REQUIRE_THROWS_WITH(place.run(), ContainsSubstring("though no finished row did, since"));
  flags reuse;
  reuse.reuse = true;
  REQUIRE(place.run(reuse) == texts{"c", "d"});
  REQUIRE(place.answers() == texts{"a1", "b1", "c4", "d4"});
}

TEST_CASE("run --reuse keeps what is unchanged wherever it stands now, and asks the rest") {
  place_to_run place;
  place.write_input("a\nb\nc\nd\n");
  flags f;
  f.keep = true;
  place.run(f);
  place.write_input("new\nd\nB\na\na\n");
  f.reuse = true;
  REQUIRE(place.run(f) == texts{"new", "B", "a"});
  REQUIRE_THAT(place.heard.said, ContainsSubstring("reusing: 2 rows are kept, 3 asked"));
  REQUIRE(place.answers() == texts{"new2", "d1", "B2", "a1", "a2"});
  REQUIRE(list_generations(place.paths).empty());
}

TEST_CASE("another output format is refused, also by --reuse: an output has one") {
  place_to_run place;
  place.write_input("a\nb\n");
  flags dies;
  dies.stop_after = 1;
  place.run(dies);
  place.spec.output.format = output_format::text;
  REQUIRE_THROWS_WITH(place.run(), ContainsSubstring("output.format changed since"));
  flags reuse;
  reuse.reuse = true;
  REQUIRE_THROWS_WITH(place.run(reuse), ContainsSubstring("cannot be rewritten in another one"));
  REQUIRE(place.asked.empty());
}

TEST_CASE("a reuse that is interrupted, even twice, loses nothing that was paid") {
  place_to_run place;
  place.write_input("a\nb\nc\nd\n");
  flags f;
  f.keep = true;
  place.run(f);
  place.write_input("x\na\nb\ny\nc\nd\n");
  f.reuse = true;
  f.stop_after = 1;
  REQUIRE(place.run(f) == texts{"x"});
  f.reuse = false;
  REQUIRE(place.run(f) == texts{"y"});
  SECTION("gone on with") {
    f.stop_after = UINT64_MAX;
    REQUIRE(place.run(f).empty());
    REQUIRE(place.answers() == texts{"x2", "a1", "b1", "y3", "c1", "d1"});
  }
  SECTION("changed once more: results of both earlier outputs are found") {
    place.write_input("d\ny\nz\nx\n");
    f.reuse = true;
    f.stop_after = UINT64_MAX;
    REQUIRE(place.run(f) == texts{"z"});
    REQUIRE(place.answers() == texts{"d1", "y3", "z4", "x2"});
  }
}

TEST_CASE("run --retry-failed asks only the failed rows and puts their results in place") {
  place_to_run place;
  place.write_input("a\nb\nc\nd\n");
  flags f;
  f.failing = {"b", "d"};
  place.run(f);
  REQUIRE(place.has_ledger());
  REQUIRE(place.folder.read("failed.jsonl") == "b\nd\n");
  REQUIRE(place.run().empty());
  REQUIRE_THAT(place.heard.said, ContainsSubstring("2 failed: --retry-failed asks those again"));
  flags retry;
  retry.retry_failed = true;
  retry.failing = {"d"};
  REQUIRE(place.run(retry) == texts{"b", "d"});
  REQUIRE(place.answers() == texts{"a1", "b3", "c1", "bad"});
  REQUIRE(place.folder.read("failed.jsonl") == "d\n");
  retry.failing.clear();
  REQUIRE(place.run(retry) == texts{"d"});
  REQUIRE(place.answers() == texts{"a1", "b3", "c1", "d4"});
  REQUIRE(place.folder.read("failed.jsonl").empty());
  REQUIRE_FALSE(place.has_ledger());
}

TEST_CASE("a finished output whose ledger is gone: rows added at the end can be reused") {
  place_to_run place;
  place.write_input("a\nb\n");
  place.run();
  place.write_input("a\nb\nc\n");
  REQUIRE_THROWS_WITH(place.run(), ContainsSubstring("--reuse"));
  flags reuse;
  reuse.reuse = true;
  REQUIRE(place.run(reuse) == texts{"c"});
  REQUIRE(place.answers() == texts{"a1", "b1", "c3"});
}

TEST_CASE("a finished output whose ledger is gone: a change elsewhere has only --fresh") {
  place_to_run place;
  place.write_input("a\nb\n");
  place.run();
  place.write_input("a\nB\n");
  flags reuse;
  reuse.reuse = GENERATE(false, true);
  REQUIRE_THROWS_WITH(place.run(reuse), ContainsSubstring("its ledger was removed"));
  REQUIRE_FALSE(place.has_ledger());
}

TEST_CASE("a ledger that is lost in the middle is rebuilt from the output") {
  place_to_run place;
  place.write_input("a\nb\nc\n");
  flags dies;
  dies.stop_after = 2;
  place.run(dies);
  fs::remove_all(place.paths.folder);
  REQUIRE(place.run() == texts{"c"});
  REQUIRE_THAT(place.heard.said, ContainsSubstring("was rebuilt from the output, which holds 2"));
  REQUIRE(place.answers() == texts{"a1", "b1", "c2"});
}

TEST_CASE("an output of somebody else is never touched") {
  place_to_run place;
  place.write_input("a\nb\nc\n");
  place.folder.write("out.jsonl", "paid\n");
  REQUIRE_THROWS_WITH(place.run(), ContainsSubstring("its rows are not those of this input"));
  REQUIRE(place.folder.read("out.jsonl") == "paid\n");
  REQUIRE_FALSE(place.has_ledger());
}

TEST_CASE("after a canary the whole run goes on from it") {
  place_to_run place;
  place.write_input("a\nb\nc\n");
  flags canary;
  canary.limit = 2;
  REQUIRE(place.run(canary) == texts{"a", "b"});
  REQUIRE(place.run(canary).empty());
  REQUIRE(place.run() == texts{"c"});
  REQUIRE(place.answers() == texts{"a1", "b1", "c3"});
}

TEST_CASE("a rehearsal is gone on with when it was interrupted, and replaced otherwise") {
  place_to_run place;
  place.write_input("a\nb\n");
  flags f;
  f.replace = true;
  f.stop_after = 1;
  place.run(f);
  f.stop_after = UINT64_MAX;
  REQUIRE(place.run(f) == texts{"b"});
  REQUIRE(place.run(f) == texts{"a", "b"});
  place.write_input("A\nb\n");
  REQUIRE(place.run(f) == texts{"A", "b"});
  REQUIRE(place.answers() == texts{"A4", "b4"});
}

TEST_CASE("a move that was interrupted is brought to its end") {
  place_to_run place;
  place.write_input("a\nb\n");
  flags f;
  f.keep = true;
  place.run(f);
  run_identity identity = *read_identity(place.paths.identity(), true);
  identity.generation = 1;
  identity.moving = true;
  write_identity(place.paths.identity(), identity);
  fs::create_directory(previous_paths(place.paths, 1).folder);
  fs::rename(place.paths.hashes(), previous_paths(place.paths, 1).hashes());
  REQUIRE(place.run().empty());
  REQUIRE(place.answers() == texts{"a1", "b1"});
}

TEST_CASE("failed rows that were cut off or lost between two processes come back") {
  place_to_run place;
  place.write_input("a\nbb\nc\nddd\ne\nf\n");
  flags f;
  f.failing = {"a", "bb", "ddd", "f"};
  f.stop_after = 4;
  place.run(f);
  const std::string whole = place.folder.read("failed.jsonl");
  REQUIRE(whole == "a\nbb\nddd\n");
  const auto left = GENERATE(range(0, 11));
  CAPTURE(left);
  if (left < 10) fs::resize_file(place.paths.failed, static_cast<std::uintmax_t>(left));
  if (left == 10) fs::remove(place.paths.failed);
  f.stop_after = UINT64_MAX;
  REQUIRE(place.run(f) == texts{"e", "f"});
  REQUIRE(place.folder.read("failed.jsonl") == "a\nbb\nddd\nf\n");
  const bool was_whole = left == 9;
  REQUIRE((place.heard.said.find("written anew with 3 rows") == std::string::npos) == was_whole);
}

TEST_CASE("failed rows are as the output has them, also when that lost rows or its ledger") {
  place_to_run place;
  place.write_input("a\nb\nc\nd\n");
  flags f;
  f.failing = {"a", "b"};
  f.stop_after = 3;
  place.run(f);
  const bool ledger_too = GENERATE(false, true);
  if (ledger_too) fs::remove_all(place.paths.folder);
  fs::resize_file(place.paths.output, place.folder.read("out.jsonl").find('\n') + 1);
  f.stop_after = UINT64_MAX;
  REQUIRE(place.run(f) == texts{"b", "c", "d"});
  REQUIRE(place.folder.read("failed.jsonl") == "a\nb\n");
}

TEST_CASE("failed rows of a process that was not to keep them are made up for") {
  place_to_run place;
  place.write_input("a\nb\nc\nd\n");
  flags f;
  f.failing = {"a", "b", "d"};
  f.stop_after = 1;
  place.run(f);
  const ledger_paths paths = place.paths;
  place.paths.failed.clear();
  place.run(f);
  place.paths = paths;
  f.stop_after = UINT64_MAX;
  place.run(f);
  REQUIRE(place.folder.read("failed.jsonl") == "a\nb\nd\n");
}
