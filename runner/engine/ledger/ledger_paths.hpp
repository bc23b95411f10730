// Where a run's files stand: the output, and the ledger's folder beside it.
#pragma once

#include <string>

#include "batchmill/job_spec.hpp"

namespace batchmill {

struct ledger_paths {
  ledger_paths() = default;
  ledger_paths(std::string output_path, std::string failed_path)
      : output(std::move(output_path)),
        failed(std::move(failed_path)),
        folder(output + ".ledger") {}

  std::string hashes() const { return folder + "/hashes"; }
  std::string lock() const { return folder + "/lock"; }
  std::string identity() const { return folder + "/run.db"; }

  std::string output;
  std::string failed;  // empty: none
  std::string folder;
  std::string matrix;                          // of vectors, beside the output; empty: none
  number_type numbers = number_type::float32;  // of the matrix
};

}  // namespace batchmill
