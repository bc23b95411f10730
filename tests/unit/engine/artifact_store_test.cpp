#include "runner/engine/artifact_store.hpp"

#include <filesystem>

#include "batchmill/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace batchmill;
using batchmill::testing::temporary_folder;

namespace {

outcome holding(const std::string& id, const std::string& bytes, int count = 1) {
  outcome result;
  result.custom_id = id;
  result.body = "[";
  for (int i = 0; i < count; ++i) {
    if (i > 0) result.body += ",";
    result.artifacts.emplace_back(result.body.size(), "png", bytes);
  }
  result.body += "]";
  return result;
}

/// The name under which the only file of an answer is saved.
std::string saved(const temporary_folder& folder, std::uint64_t row, const std::string& id,
                  const std::string& bytes) {
  outcome result = holding(id, bytes);
  const auto paths = artifact_store(folder.path("images"), "images").save(row, result, false);
  const std::string name = std::filesystem::path(paths.at(0)).filename().string();
  CHECK(folder.read("images/" + name) == bytes);
  return name;
}

}  // namespace

TEST_CASE("a file is saved under its row's id, and the line says where it is") {
  const temporary_folder folder;
  outcome result = holding(R"("T-1")", "abc");
  const artifact_store store(folder.path("images"), "images");
  CHECK(store.save(0, result, true).at(0) == folder.path("images/T-1.png"));
  CHECK(folder.read("images/T-1.png") == "abc");
  CHECK(result.body == R"([{"path":"images/T-1.png","size":3,"sha256":)"
                       R"("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}])");
  CHECK(result.text == R"("images/T-1.png")");
  CHECK(result.artifacts.empty());
}

TEST_CASE("a file that was fetched is described behind its address") {
  const temporary_folder folder;
  outcome result;
  result.custom_id = R"("a")";
  result.body = R"([{"url":"http://h/x"}])";
  result.artifacts.emplace_back(result.body.size() - 2, "png", "abc").address = "http://h/x";
  artifact_store(folder.path("images"), "images").save(0, result, false);
  CHECK(result.body.starts_with(
      R"([{"url":"http://h/x","artifact":{"path":"images/a.png","size":3,)"));
  CHECK(result.body.ends_with("\"}}]"));
}

TEST_CASE("several files of a row are numbered") {
  const temporary_folder folder;
  outcome result = holding(R"("a")", "x", 2);
  const artifact_store store(folder.path("images"), "images");
  CHECK(store.save(0, result, true).size() == 2);
  CHECK(result.text == R"(["images/a-1.png","images/a-2.png"])");
  CHECK(folder.read("images/a-2.png") == "x");
}

TEST_CASE("no id leads out of the folder, hides a file or is too long for a name") {
  CHECK(file_stem("../../etc/passwd") == "_._.._etc_passwd");
  CHECK(file_stem("/etc") == "_etc");
  CHECK(file_stem("..") == "_.");
  CHECK(file_stem("-rf") == "_rf");
  CHECK(file_stem("") == "_");
  CHECK(file_stem(std::string("a\0b", 3)) == "a_b");
  CHECK(file_stem(std::string(300, 'x')).size() == 100);
  CHECK(file_stem(std::string(99, 'x') + "\u00e4") == std::string(99, 'x'));
}

TEST_CASE("ids that were changed carry the row's number, so that none meets another") {
  const temporary_folder folder;
  CHECK(saved(folder, 3, R"("a/b")", "1") == "a_b.row3.png");
  CHECK(saved(folder, 4, R"("a_b")", "2") == "a_b.png");
  CHECK(saved(folder, 5, R"("a:b")", "3") == "a_b.row5.png");
}

TEST_CASE("no file is overwritten: equal bytes share one, others get the row's number") {
  const temporary_folder folder;
  CHECK(saved(folder, 0, R"("a")", "first") == "a.png");
  CHECK(saved(folder, 0, R"("a")", "first") == "a.png");
  CHECK(saved(folder, 7, R"("a")", "other") == "a.row7.png");
  CHECK(saved(folder, 7, R"("a")", "third") == "a.row7.2.png");
  CHECK(folder.read("images/a.png") == "first");
}

TEST_CASE("what cannot be saved leaves nothing behind and ends the run") {
  const temporary_folder folder;
  folder.write("images", "a file, no folder");
  CHECK_THROWS_AS(saved(folder, 0, R"("a")", "x"), run_error);
}
