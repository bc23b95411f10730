// batchmill as a library: runs a job spec against the built-in simulator and watches the rows.
#include <batchmill/error.hpp>
#include <batchmill/run.hpp>
#include <fstream>
#include <iostream>
#include <string>

namespace {

/// Prints each row as it ends, and the figures at the end.
class row_printer : public batchmill::run_observer {
 public:
  void row_finished(const batchmill::row& row, const batchmill::outcome& outcome) override {
    std::cout << "row " << row.index << ' ' << outcome.custom_id << ": ";
    if (outcome.ok) {
      std::cout << "ok\n";
    } else {
      std::cout << "failed, " << outcome.error_message << '\n';
    }
  }

  void finished(const batchmill::run_summary& summary) override {
    std::cout << summary.rows_ok << " of " << summary.rows_total << " rows answered in "
              << summary.attempts << " attempts, " << summary.tokens.total << " tokens\n";
  }
};

void print_first_lines(const std::string& path, int count) {
  std::ifstream file(path);
  std::cout << "The first lines of " << path << ":\n";
  for (std::string line; count > 0 && std::getline(file, line); --count) std::cout << line << '\n';
}

int run_job(const std::string& path) {
  row_printer printer;
  batchmill::run_options options;
  options.observer = &printer;
  options.simulate = batchmill::simulation_options();  // leave this out to ask the real server
  options.fresh = true;

  const batchmill::job_spec spec = batchmill::load_job_spec(path);
  const batchmill::run_summary summary = batchmill::run(spec, options);
  print_first_lines(summary.output, 3);
  return static_cast<int>(summary.end);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: ask JOB.yaml\n";
    return 2;
  }
  try {
    return run_job(argv[1]);
  } catch (const batchmill::usage_error& error) {
    std::cerr << error.what() << '\n';
    return 2;
  } catch (const batchmill::run_error& error) {
    std::cerr << error.what() << '\n';
    return 3;
  }
}
