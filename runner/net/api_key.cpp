#include "runner/net/api_key.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "batchmill/error.hpp"

namespace batchmill {

namespace {

constexpr std::size_t max_key = 64 * 1024;
constexpr std::size_t read_piece = 4096;

[[noreturn]] void refuse(const job_spec& spec, const std::string& key, const std::string& what) {
  throw usage_error(fmt::format("{}: {}: {}", spec.where(key), key, what));
}

/// A descriptor that is closed at the end.
class open_file {
 public:
  explicit open_file(const std::string& path)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;
  ~open_file() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

std::string read_all(const job_spec& spec, const std::string& key, int descriptor) {
  std::string text;  // read into directly: nothing else then holds the key
  for (;;) {
    const std::size_t before = text.size();
    text.resize(before + read_piece);
    const auto n = ::read(descriptor, text.data() + before, read_piece);
    const int why = errno;
    text.resize(before + static_cast<std::size_t>(n > 0 ? n : 0));
    if (n < 0 && why == EINTR) continue;
    if (n < 0) refuse(spec, key, fmt::format("cannot be read: {}", std::strerror(why)));
    if (n == 0) return text;
    if (text.size() > max_key) refuse(spec, key, "what is read there is too long for a key");
  }
}

std::string read_key_file(const job_spec& spec) {
  const std::string path = spec.resolve(spec.api.key_file);
  const open_file file(path);
  if (file.descriptor() < 0)
    refuse(spec, "api.key_file", fmt::format("\"{}\": {}", path, std::strerror(errno)));
  struct stat status {};
  if (::fstat(file.descriptor(), &status) != 0 || !S_ISREG(status.st_mode))
    refuse(spec, "api.key_file", fmt::format("\"{}\" is not a file", path));
  if ((status.st_mode & (S_IRGRP | S_IROTH)) != 0)
    refuse(spec, "api.key_file",
           fmt::format("other users can read \"{0}\"; run: chmod 600 \"{0}\"", path));
  return read_all(spec, "api.key_file", file.descriptor());
}

bool is_or_is_below(std::string_view host, std::string_view domain) {
  if (host == domain) return true;
  return host.size() > domain.size() && host.substr(host.size() - domain.size()) == domain &&
         host[host.size() - domain.size() - 1] == '.';
}

bool wants_key(const std::string& base_url) {
  const auto server = parse_url(base_url);
  return server && (is_or_is_below(server->host, "api.openai.com") ||
                    is_or_is_below(server->host, "openai.azure.com"));
}

std::string read_variable(const job_spec& spec, const env_lookup& env) {
  const std::string& name = spec.api.key_env;
  auto value = env(name);
  if (value && !value->empty()) return std::move(*value);
  const bool named = spec.marks.count("api.key_env") != 0;
  const bool azure = spec.api.flavor == api_flavor::azure;
  if (!named && !value && !azure && !wants_key(spec.api.base_url)) return {};
  refuse(spec, "api.key_env",
         fmt::format("the environment variable {} is {}; set it to your API key, or name another "
                     "source with api.key_env, api.key_file or api.key_fd",
                     name, value ? "empty" : "not set"));
}

bool is_printable(char c) {
  return c > ' ' && c < 127;
}

/// Editors and echo leave one line end behind; anything else that is no key character is a mistake.
std::string checked(const job_spec& spec, const std::string& source, std::string key) {
  if (!key.empty() && key.back() == '\n') key.pop_back();
  if (!key.empty() && key.back() == '\r') key.pop_back();
  if (key.empty()) refuse(spec, source, "the key is empty");
  if (!std::all_of(key.begin(), key.end(), is_printable))
    refuse(spec, source,
           "the key holds a space, a line break or another character that no key has");
  return key;
}

}  // namespace

std::string load_api_key(const job_spec& spec, const env_lookup& env) {
  if (!spec.api.key_file.empty()) return checked(spec, "api.key_file", read_key_file(spec));
  if (spec.api.key_fd)
    return checked(spec, "api.key_fd", read_all(spec, "api.key_fd", *spec.api.key_fd));
  std::string key = read_variable(spec, env);
  return key.empty() ? key : checked(spec, "api.key_env", std::move(key));
}

void check_key_transport(const url& server, const std::optional<url>& proxy, bool has_key) {
  if (!has_key || server.tls()) return;
  if (proxy && !is_loopback(proxy->host)) {
    throw usage_error(fmt::format(
        "api.proxy: the API key would go unencrypted over http to the proxy {}; use https for "
        "api.base_url, or no proxy",
        proxy->host));
  }
  if (is_loopback(server.host)) return;
  throw usage_error(fmt::format(
      "api.base_url: the API key would go unencrypted over http to {}; use https, or a server on "
      "this machine",
      server.host));
}

}  // namespace batchmill
