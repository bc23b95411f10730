#include "jobs/answer_file.hpp"

#include <string>

#include "tests/support/catch.hpp"

using batchmill::jobs::file_suffix;
using namespace std::string_literals;

TEST_CASE("a file is named by its first bytes, else by its type") {
  CHECK(file_suffix("RIFF\x24\0\0\0WAVEfmt "s, "audio/mpeg") == "wav");
  CHECK(file_suffix("RIFF\x24\0\0\0WEBPVP8 "s, "") == "webp");
  CHECK(file_suffix("\x89PNG\r\n\x1a\n", "") == "png");
  CHECK(file_suffix("\xFF\xD8\xFF\xE0", "") == "jpg");
  CHECK(file_suffix("ID3\x04", "") == "mp3");
  CHECK(file_suffix("OggS", "") == "opus");
  CHECK(file_suffix("fLaC", "") == "flac");
  CHECK(file_suffix("\xFF\xFB\x90", "") == "mp3");
  CHECK(file_suffix("\xFF\xF1\x50", "") == "aac");
  CHECK(file_suffix("\xFF\xFF\xFF\xFF", "audio/pcm") == "pcm");
  CHECK(file_suffix("\0\0"s, "audio/pcm") == "pcm");
  CHECK(file_suffix("?", "audio/none") == "bin");
  CHECK(file_suffix("", "") == "bin");
}
