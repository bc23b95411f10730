// The files in which OpenAI gives the ranks out: a token in base64 and its rank on each line.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace batchmill::tokens {

/// One of the files that tiktoken knows.
struct rank_file {
  std::string_view name;        // without .tiktoken
  std::string_view sha256;      // as tiktoken pins it
  std::string_view cache_name;  // in the folder that TIKTOKEN_CACHE_DIR names
};

/// r50k_base is none of them: it is the beginning of p50k_base.
inline constexpr rank_file rank_files[] = {
    {"p50k_base", "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069",
     "ec7223a39ce59f226a68acc30dc1af2788490e15"},
    {"cl100k_base", "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
     "9b5ad71b2ce5302211f9c61530b329a4922fc6a4"},
    {"o200k_base", "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
     "fb374d419588a4632f3f557e76b4b70aebbca790"},
};

/// The bytes of each rank, empty where one is not given. Throws std::runtime_error when the text is
/// no such file.
std::vector<std::string> read_ranks(std::string_view text);

/// In small hexadecimal digits.
std::string sha256_of(std::string_view text);

/// What the file at `path` holds; nothing when it cannot be read or has another hash.
std::optional<std::string> read_verified(const std::string& path, std::string_view sha256);

}  // namespace batchmill::tokens
