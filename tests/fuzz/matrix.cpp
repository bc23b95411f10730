// A NumPy matrix that a run goes on with: it holds the rows it says, or it is refused.
#include "runner/engine/ledger/matrix_file.hpp"

#include "tests/fuzz/fuzz_target.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using fuzz::require;

FUZZ_TARGET(fuzz_matrix) {
  static const testing::temporary_folder folder;
  static const std::string path = folder.path("m.npy");
  const std::uint64_t wanted = fuzz::take_choice(input, 4);
  const auto numbers =
      fuzz::take_choice(input, 2) == 0 ? number_type::float32 : number_type::float16;
  folder.write("m.npy", std::string(input));
  const std::uint64_t held = rows_of_matrix(path, numbers);
  for (const std::uint64_t row : {std::uint64_t{0}, wanted, held})
    require(
        read_matrix_row(disk_file(path, disk_file::mode::read, "test"), row).size() <= input.size(),
        "a row lies in its file");
  try {
    matrix_file matrix(path, numbers, wanted);
    require(wanted == 0 || held >= wanted, "a matrix that is too short is refused");
    matrix.add("");
    matrix.commit();
    require(rows_of_matrix(path, numbers) == wanted + 1, "a row was added");
    require(length_or_zero(path) <= 2 * input.size() + 1000, "a matrix grows by a row only");
  } catch (const run_error& refusal) {
    require(*refusal.what() != '\0', "a refusal has a sentence");
  }
}
