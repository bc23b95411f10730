#include "runner/spec/yaml_file.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "batchmill/error.hpp"

namespace batchmill::spec {

std::string read_yaml_file(const std::string& path, std::string_view advice) {
  constexpr std::size_t most_bytes = 16'000'000;
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    throw usage_error(fmt::format("{}: this is a directory; {}", path, advice));
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file && errno == ENOENT)
    throw usage_error(fmt::format("{}: there is no such file; check the path", path));
  std::string text;
  std::array<char, 65536> part;
  while (text.size() <= most_bytes && (file.read(part.data(), part.size()) || file.gcount() > 0))
    text.append(part.data(), static_cast<std::size_t>(file.gcount()));
  if (!file.eof() && text.size() <= most_bytes)
    throw usage_error(fmt::format("{}: the file cannot be read ({}); check the path and its rights",
                                  path, std::strerror(errno)));
  if (text.size() > most_bytes)
    throw usage_error(
        fmt::format("{}: the file is larger than 16 MB; {}, not its input", path, advice));
  return text;
}

}  // namespace batchmill::spec
