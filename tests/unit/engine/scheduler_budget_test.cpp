// A budget against a server that keeps its own bill: whatever it does, the bill stays below the
// cap.
#include <boost/asio/co_spawn.hpp>
#include <filesystem>
#include <memory>
#include <random>

#include "runner/engine/scheduler.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/fakes/scripted_transport.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using namespace std::chrono_literals;

namespace {

// A million dollars a million tokens: a dollar each.
constexpr std::int64_t dollar = money::per_dollar;

/// Rows cost up to 100 dollars: a prompt of 20 tokens, an output of at most 80.
class priced_job final : public row_job {
 public:
  boost::system::result<prepared_request, row_failure> prepare(const row& r) const override {
    prepared_request p;
    p.custom_id = '"' + std::to_string(r.index) + '"';
    p.model = "m";
    p.prompt_tokens = counted;
    p.prompt_exact = exact;
    p.most_prompt_tokens = most;
    p.max_output_tokens = 80;
    p.output_bounded = bounded;
    p.request = http_request("POST", "/v1/echo", r.text);
    return p;
  }

  reading read(http_response response) const override {
    reading what;
    what.kind = response.status == 200 ? answer_kind::success : answer_kind::transient;
    what.body = "{}";
    what.code = response.status == 200 ? "" : "failed";
    if (response.body.empty()) {
      what.kind = response.status == 200 ? answer_kind::transient : what.kind;
      return what;
    }
    what.tokens.prompt = 20;
    what.tokens.completion = std::stoll(response.body);
    what.tokens.total = what.tokens.prompt + what.tokens.completion;
    return what;
  }

  bool bounded = true;
  bool exact = false;
  std::int64_t counted = 15;
  std::int64_t most = 20;
};

class fixture {
 public:
  explicit fixture(unsigned rows, double budget) {
    std::string text;
    for (unsigned i = 0; i < rows; ++i) text += "row " + std::to_string(i) + "\n";
    spec.input.paths = {folder.write("in.jsonl", text)};
    spec.retry.initial_delay = 10ms;
    spec.limits.concurrency = 50;
    spec.limits.budget = money::dollars(budget);
    spec.models.json =
        R"({"models":{"m":{"context":1000,"max_output":500,"prices":{"input":1000000,"output":1000000}}}})";
    models = model_catalogue::of(spec);
  }

  /// As a new process; returns what the server has billed by now.
  run_summary run(std::uint64_t seed, scripted_transport::script answers) {
    random.seed(seed);
    boost::asio::io_context io{1};
    fake_clock time{io.get_executor()};
    scripted_transport wire(time, std::move(answers), [this](const http_request&, unsigned) {
      return std::chrono::milliseconds(random() % 200);
    });
    row_source rows(spec, 0);
    std::filesystem::create_directory(paths.folder);
    const recovered found = recover(paths, output_format::batch);
    journal files(paths, found, 16 << 20);
    const auto worker = make_inline_disk(io.get_executor());
    ledger book(io.get_executor(), *worker, files, found);
    scheduler_parts parts{spec, job,      rows,         book,    wire,
                          time, observer, found.counts, nullptr, nullptr};
    const spending_file file(paths.spending());
    parts.money.models = &models;
    parts.money.file = &file;
    parts.money.earlier = after_the_end(file.read());
    scheduler engine(io.get_executor(), parts, seed);
    run_in_fake_time(io, time, engine.run());
    return engine.summary();
  }

  /// Executes the request, and sees to it that the bill knows.
  std::string execute() {
    const std::int64_t output = static_cast<std::int64_t>(random() % 81);
    bill += money((20 + output) * dollar);
    return std::to_string(output);
  }

  attempt_result with_faults() {
    switch (random() % 10) {
      case 0:
        return http_response(500, "", "");
      case 1:
        execute();
        return transport_error(net_errc::connection_lost, "lost");
      case 2:
        execute();
        return http_response(200, "", "");  // not to be read
      case 3:
        return transport_error(net_errc::connect_failed, "refused");
      case 4:
        execute();
        return http_response(504, "", "");
      default:
        return http_response(200, "", execute());
    }
  }

  job_spec spec;
  model_catalogue models;
  temporary_folder folder;
  priced_job job;
  run_observer observer;
  ledger_paths paths{folder.path("out.jsonl"), ""};
  std::mt19937_64 random;
  money bill;
};

}  // namespace

TEST_CASE("a budget that suffices changes nothing") {
  fixture f(100, 10'000);
  const run_summary s =
      f.run(1, [&](auto&, unsigned) { return http_response(200, "", f.execute()); });
  CHECK(s.end == run_end::complete);
  CHECK(s.cost.known);
  CHECK(s.cost.spent == f.bill);
  CHECK(s.cost.at_risk == money());
  CHECK(s.models.at(0).requests == 100);
}

TEST_CASE(
    "a run stops before the request that could pass the budget, and goes on with a larger one") {
  fixture f(100, 1000);
  const auto answers = [&](auto&, unsigned) { return http_response(200, "", f.execute()); };
  const run_summary first = f.run(1, answers);
  CHECK(first.end == run_end::stopped);
  CHECK(first.stop_reason.starts_with("the next request may cost $100.00, but $9"));
  CHECK(f.bill <= money::dollars(1000));
  CHECK(f.bill > money::dollars(900));
  CHECK(first.cost.spent == f.bill);

  const std::uint64_t answered = first.rows_ok;
  CHECK(f.run(2, answers).rows_ok == answered);  // the same budget buys nothing more

  f.spec.limits.budget = money::dollars(20'000);
  const run_summary last = f.run(3, answers);
  CHECK(last.end == run_end::complete);
  CHECK(last.rows_ok == 100);
  CHECK(last.cost.spent == f.bill);
}

TEST_CASE("whatever is lost on the way, the bill never passes the budget") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    fixture f(60, 1500 + static_cast<double>(seed) * 10);
    for (std::uint64_t process = 0; process < 3; ++process) {
      const run_summary s =
          f.run(seed * 10 + process, [&](auto&, unsigned) { return f.with_faults(); });
      CHECK(f.bill <= *f.spec.limits.budget);
      CHECK(f.bill <= s.cost.spent + s.cost.at_risk);
    }
  }
}

TEST_CASE("prompts are held as they were counted once an answer bears that out") {
  for (const bool exact : {false, true}) {
    fixture f(100, 1000);
    f.job.exact = exact;
    f.job.counted = 20;
    f.job.most = 320;
    const run_summary s =
        f.run(1, [&](auto&, unsigned) { return http_response(200, "", f.execute()); });
    CHECK(s.stop_reason.starts_with(exact ? "the next request may cost $100.00, but $9"
                                          : "the next request may cost $400.00, but $"));
    CHECK(f.bill <= money::dollars(1000));
    CHECK((f.bill > money::dollars(900)) == exact);
  }
}

TEST_CASE("a server that counts more than we do does not pass the budget either") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    fixture f(60, 1000 + static_cast<double>(seed) * 10);
    f.job.exact = true;
    f.run(seed, [&](auto&, unsigned) { return f.with_faults(); });
    CHECK(f.bill <= *f.spec.limits.budget);
  }
}

TEST_CASE("a process that dies leaves the promise of what it may have spent") {
  fixture f(100, 1000);
  std::string left;
  int answered = 0;
  f.run(1, [&](auto&, unsigned) {
    auto answer = http_response(200, "", f.execute());
    if (++answered == 5) left = f.folder.read("out.jsonl.ledger/spending");
    return answer;
  });
  const money promised = spending_from(left).promised;
  CHECK(promised >= money::dollars(300));
  CHECK(after_the_end(spending_from(left)).booked() == promised);
}

TEST_CASE("requests without a bound pass the budget by no more than what was in flight") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    fixture f(300, 900);
    f.job.bounded = false;
    const run_summary s =
        f.run(seed, [&](auto&, unsigned) { return http_response(200, "", f.execute()); });
    CHECK(s.end == run_end::stopped);
    CHECK(f.bill <= money::dollars(900));
    CHECK(f.bill >= money::dollars(700));
  }
}

TEST_CASE("a model without a price stops a run that has a budget") {
  fixture f(10, 900);
  f.models = model_catalogue();
  const run_summary s =
      f.run(1, [&](auto&, unsigned) { return http_response(200, "", f.execute()); });
  CHECK(s.end == run_end::stopped);
  CHECK(s.stop_reason ==
        "limits.budget: what requests to the model m cost is not known, so no budget can be kept; "
        "add its prices "
        "to a file that `models` names");
  CHECK(f.bill == money());
}
