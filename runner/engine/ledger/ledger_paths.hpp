// Where a run's files stand: the output, and the ledger's folder beside it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "batchmill/job_spec.hpp"

namespace batchmill {

struct ledger_paths {
  ledger_paths() = default;
  ledger_paths(std::string output_path, std::string failed_path)
      : output(std::move(output_path)),
        failed(std::move(failed_path)),
        folder(output + ".ledger") {}

  /// For a matrix of vectors: its rows are told apart by the lines of a file beside it.
  static ledger_paths of_matrix(const std::string& matrix, std::string failed,
                                number_type numbers) {
    const std::string_view name = matrix;
    const std::size_t stem = name.ends_with(".npy") ? name.size() - 4 : name.size();
    ledger_paths paths(std::string(name.substr(0, stem)) + ".ids.jsonl", std::move(failed));
    paths.matrix = matrix;
    paths.folder = matrix + ".ledger";
    paths.numbers = numbers;
    return paths;
  }

  std::string hashes() const { return folder + "/hashes"; }
  std::string lock() const { return folder + "/lock"; }
  std::string spending() const { return folder + "/spending"; }
  std::string paid() const { return folder + "/paid"; }
  std::string identity() const { return folder + "/run.db"; }

  std::string output;
  std::string failed;  // empty: none
  std::string folder;
  std::string matrix;                          // of vectors, beside the output; empty: none
  number_type numbers = number_type::float32;  // of the matrix
};

}  // namespace batchmill
