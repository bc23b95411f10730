#include "runner/engine/ledger/matrix_file.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using namespace batchmill::testing;

namespace {

const std::string one("\x00\x00\x80\x3F\x00\x00\x80\x3F", 8);
const std::string half("\x00\x00\x00\x3F\x00\x00\x00\x3F", 8);
const std::string none("\x00\x00\xC0\x7F\x00\x00\xC0\x7F", 8);

std::string header(const std::string& type, const std::string& shape) {
  std::string text("\x93NUMPY\x01\x00\x76\x00", 10);
  text += "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }";
  text.resize(127, ' ');
  return text + '\n';
}

}  // namespace

TEST_CASE("a matrix can be loaded after every commit, and holds NaN where there is no row") {
  const temporary_folder folder;
  matrix_file matrix(folder.path("m.npy"), number_type::float32, 0);
  CHECK(folder.read("m.npy") == header("<f4", "0, 0"));
  matrix.add(one);
  matrix.add("");
  matrix.commit();
  CHECK(folder.read("m.npy") == header("<f4", "2, 2") + one + none);
  matrix.add(half);
  matrix.commit();
  CHECK(folder.read("m.npy") == header("<f4", "3, 2") + one + none + half);
}

TEST_CASE("rows without numbers wait for the first that says how long they are") {
  const temporary_folder folder;
  const std::string path = folder.path("m.npy");
  matrix_file matrix(path, number_type::float32, 0);
  matrix.add("");
  matrix.add("");
  matrix.commit();
  CHECK(folder.read("m.npy") == header("<f4", "2, 0"));
  CHECK(rows_of_matrix(path, number_type::float32) == 2);
  matrix = matrix_file(path, number_type::float32, 2);
  matrix.add(one);
  matrix.commit();
  CHECK(folder.read("m.npy") == header("<f4", "3, 2") + none + none + one);
}

TEST_CASE("a matrix is gone on with from any row that it holds") {
  const temporary_folder folder;
  const std::string path = folder.path("m.npy");
  folder.write("m.npy", header("<f4", "1, 2") + one + half + "torn");
  CHECK(rows_of_matrix(path, number_type::float32) == 2);
  CHECK(rows_of_matrix(path, number_type::float16) == 0);
  matrix_file matrix(path, number_type::float32, 2);
  CHECK(folder.read("m.npy") == header("<f4", "2, 2") + one + half);
  CHECK_THROWS_AS(matrix_file(path, number_type::float32, 3), run_error);
  matrix = matrix_file(path, number_type::float32, 0);
  CHECK(folder.read("m.npy") == header("<f4", "0, 0"));
}

TEST_CASE("a header that claims what no matrix has is none") {
  const temporary_folder folder;
  const std::string path = folder.path("m.npy");
  for (const char* shape : {"1, 2305843009213693953", "18446744073709551615, 0"}) {
    folder.write("m.npy", header("<f4", shape) + one);
    CHECK(rows_of_matrix(path, number_type::float32) == 0);
    CHECK(read_matrix_row(disk_file(path, disk_file::mode::read, "test"), 0).empty());
  }
}

TEST_CASE("what is not committed can be forgotten") {
  const temporary_folder folder;
  matrix_file matrix(folder.path("m.npy"), number_type::float32, 0);
  matrix.add("");
  matrix.commit();
  matrix.add(one);
  matrix.add(std::string(2 << 20, 'x').substr(0, 8));
  matrix.roll_back();
  CHECK(folder.read("m.npy") == header("<f4", "1, 0"));
  matrix.add(half + half);  // another length: the first one was forgotten as well
  matrix.commit();
  CHECK(folder.read("m.npy") == header("<f4", "2, 4") + none + none + half + half);
}

TEST_CASE("rows of different lengths make no matrix") {
  const temporary_folder folder;
  matrix_file matrix(folder.path("m.npy"), number_type::float16, 0);
  matrix.add(one);
  CHECK_THROWS_WITH(
      matrix.add(one + one),
      ContainsSubstring("row 1 has an embedding of 8 numbers, but those before have 4"));
}

TEST_CASE("a row is read back as it was written") {
  const temporary_folder folder;
  const std::string path = folder.path("m.npy");
  {
    matrix_file matrix(path, number_type::float32, 0);
    for (const std::string& row : {one, std::string(), half}) matrix.add(row);
    matrix.commit();
  }
  const disk_file file(path, disk_file::mode::read, "test");
  CHECK(read_matrix_row(file, 0) == one);
  CHECK(read_matrix_row(file, 1).empty());
  CHECK(read_matrix_row(file, 2) == half);
  CHECK(read_matrix_row(file, 3).empty());
}
