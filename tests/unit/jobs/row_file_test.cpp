#include "jobs/row_file.hpp"

#include <sys/stat.h>

#include <filesystem>

#include "tests/support/temporary_folder.hpp"
#include "tests/unit/jobs/job_support.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using jobs::read_row_file;
using jobs::resolve_row_file;

namespace {

namespace fs = std::filesystem;

constexpr std::size_t plenty = 1'000;

/// What was read, or the sentence that says why not.
std::string text_of(const jobs::row_file_result& found) {
  return found ? *found : found.error().sentence;
}

/// A folder `root` with `images/cat.png`, and `secret.txt` beside the folder.
struct files {
  files() {
    fs::create_directories(folder.path("root/images"));
    folder.write("root/images/cat.png", "meow");
    folder.write("secret.txt", "hidden");
  }

  std::string code(const std::string& name, std::size_t most = plenty) const {
    const auto bytes = read_row_file(root(), name, most);
    return bytes ? "" : bytes.error().code;
  }
  std::string root() const { return folder.path("root"); }

  temporary_folder folder;
};

}  // namespace

TEST_CASE("a row's file is read from below the root") {
  const files f;
  CHECK(text_of(read_row_file(f.root(), "images/cat.png", plenty)) == "meow");
  CHECK(text_of(read_row_file(f.root(), "images/../images/./cat.png", plenty)) == "meow");
  CHECK(text_of(read_row_file(f.root() + "/images/..", "images/cat.png", plenty)) == "meow");
  CHECK(text_of(read_row_file(f.root(), f.folder.path("root/images/cat.png"), plenty)) == "meow");
  CHECK(text_of(resolve_row_file(f.root(), "images/cat.png")) ==
        fs::canonical(f.folder.path("root/images/cat.png")).string());
}

TEST_CASE("no name leads out of the root") {
  const files f;
  for (const char* name : {"../secret.txt", "images/../../secret.txt", "/etc/passwd", "..", ".",
                           "../nothing", "/no/such/file", "../root"}) {
    INFO(name);
    CHECK(f.code(name) == "file_outside");
  }
  CHECK(read_row_file(f.root(), "../secret.txt", plenty).error().sentence ==
        "the file '../secret.txt' is not in " + f.root() +
            "; `input.files_root` names the folder that rows may take files from");
}

TEST_CASE("a folder whose name begins as the root's is not the root") {
  const files f;
  fs::create_directories(f.folder.path("root2"));
  f.folder.write("root2/cat.png", "meow");
  CHECK(f.code("../root2/cat.png") == "file_outside");
}

TEST_CASE("links may point about below the root, not out of it") {
  const files f;
  fs::create_symlink("images/cat.png", f.folder.path("root/inside"));
  fs::create_symlink("../secret.txt", f.folder.path("root/outside"));
  fs::create_directory_symlink("..", f.folder.path("root/up"));
  CHECK(f.code("inside").empty());
  CHECK(f.code("outside") == "file_outside");
  CHECK(f.code("up/secret.txt") == "file_outside");
}

TEST_CASE("a file that is missing or none says so") {
  const files f;
  CHECK(read_row_file(f.root(), "images/dog.png", plenty).error().sentence ==
        "the file 'images/dog.png' in " + f.root() + " cannot be read: No such file or directory");
  CHECK(f.code("images/dog.png") == "file_not_found");
  CHECK(f.code("") == "file_not_found");
  CHECK(f.code(std::string("images/cat.png\0.png", 19)) == "file_not_found");
  CHECK(f.code("images") == "file_not_found");
  REQUIRE(::mkfifo(f.folder.path("root/pipe").c_str(), 0600) == 0);
  CHECK(f.code("pipe") == "file_not_found");
  CHECK(read_row_file(f.folder.path("nowhere"), "cat.png", plenty).error().code ==
        "file_not_found");
}

TEST_CASE("a file larger than allowed is not read") {
  const files f;
  CHECK(f.code("images/cat.png", 4).empty());
  CHECK(f.code("images/cat.png", 3) == "file_too_large");
  CHECK(read_row_file(f.root(), "images/cat.png", 3).error().sentence ==
        "the file 'images/cat.png' has 4 bytes, more than 3");
}

TEST_CASE("the root is the folder of the input, else of the spec, unless the spec names one") {
  job_spec spec;
  spec.file = "jobs/describe.yaml";
  row r = line_17("{}");
  CHECK(jobs::files_root(spec, r) == ".");
  r.file = std::make_shared<const std::string>("data/rows.jsonl");
  CHECK(jobs::files_root(spec, r) == "data");
  r.file = std::make_shared<const std::string>("-");
  CHECK(jobs::files_root(spec, r) == "jobs");
  spec.input.files_root = "../pictures";
  CHECK(jobs::files_root(spec, r) == "jobs/../pictures");
}
