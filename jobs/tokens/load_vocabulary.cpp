// Where the ranks of an encoding come from.
#include <cstdlib>
#include <filesystem>

#include "jobs/tokens/carried_ranks.hpp"
#include "jobs/tokens/encoding.hpp"
#include "jobs/tokens/packed_ranks.hpp"
#include "jobs/tokens/rank_file.hpp"

namespace batchmill::tokens {

namespace {

// gpt2 and r50k_base have the beginning of p50k_base: what that adds are runs of spaces.
constexpr std::size_t r50k_ranks = 50256;

const rank_file& file_of(std::string_view encoding) {
  if (encoding.starts_with("o200k")) return rank_files[2];
  return encoding.starts_with("cl100k") ? rank_files[1] : rank_files[0];
}

/// As tiktoken finds it: the first of these that is set, else a folder beside temporary files. Set
/// and empty, it says that there is none.
std::filesystem::path tiktoken_cache() {
  for (const char* name : {"TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"}) {
    if (const char* folder = std::getenv(name)) return folder;
  }
  std::error_code error;
  return std::filesystem::temp_directory_path(error) / "data-gym-cache";
}

std::vector<token_halves> find_ranks(const rank_file& file) {
  if (const std::string_view packed = carried_ranks(file.name); !packed.empty()) {
    return unpack_ranks(packed);
  }
  const std::filesystem::path folder = tiktoken_cache();
  if (folder.empty()) return {};
  const auto text = read_verified((folder / file.cache_name).string(), file.sha256);
  return text ? halves_of(read_ranks(*text)) : std::vector<token_halves>();
}

bool is_there(const rank_file& file) {
  if (!carried_ranks(file.name).empty()) return true;
  const std::filesystem::path folder = tiktoken_cache();
  std::error_code error;
  return !folder.empty() && std::filesystem::exists(folder / file.cache_name, error);
}

}  // namespace

bool has_ranks(std::string_view encoding) {
  return is_there(file_of(encoding));
}

std::shared_ptr<const vocabulary> load_vocabulary(std::string_view encoding) {
  std::vector<token_halves> ranks = find_ranks(file_of(encoding));
  if (ranks.empty()) return nullptr;
  if (encoding == "gpt2" || encoding == "r50k_base") ranks.resize(r50k_ranks);
  return std::make_shared<vocabulary>(ranks);
}

split_pattern pattern_of(std::string_view encoding) {
  if (encoding.starts_with("o200k")) return split_pattern::o200k;
  return encoding.starts_with("cl100k") ? split_pattern::cl100k : split_pattern::r50k;
}

}  // namespace batchmill::tokens
