#include "jobs/form.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "batchmill/form_text.hpp"
#include "batchmill/json_text.hpp"
#include "jobs/field_list.hpp"
#include "jobs/row_file.hpp"

namespace batchmill::jobs {

namespace {

/// A field: a text, or a file that is read when it is sent.
struct part {
  std::string name;
  std::string value;     // of a text
  std::string filename;  // empty: a text
  std::string type;
  std::string path;
  std::size_t size = 0;
};

struct known_suffix {
  std::string_view suffix;
  const char* type;
};

constexpr std::array<known_suffix, 13> known_suffixes = {{
    {".flac", "audio/flac"},
    {".mp3", "audio/mpeg"},
    {".mpga", "audio/mpeg"},
    {".mpeg", "audio/mpeg"},
    {".mp4", "audio/mp4"},
    {".m4a", "audio/mp4"},
    {".ogg", "audio/ogg"},
    {".wav", "audio/wav"},
    {".webm", "audio/webm"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".webp", "image/webp"},
}};

std::string type_of(const std::string& filename) {
  std::string suffix;
  for (const char c : std::filesystem::path(filename).extension().string()) {
    suffix += detail::lower(c);
  }
  const auto* found = std::find_if(known_suffixes.begin(), known_suffixes.end(),
                                   [&](const known_suffix& k) { return k.suffix == suffix; });
  return found == known_suffixes.end() ? "application/octet-stream" : found->type;
}

class form_builder {
 public:
  form_builder(const form_rules& rules, const std::string& root) : rules_(rules), root_(root) {
    XXH3_128bits_reset(&hash_);
  }

  std::optional<row_problem> add(const std::string& name, std::string_view value) {
    if (json::kind_of(value) == json::kind::null) return std::nullopt;
    if (std::find(rules_.files.begin(), rules_.files.end(), name) == rules_.files.end()) {
      return add_text(name, value);
    }
    if (json::kind_of(value) != json::kind::array) return add_file(name, value);
    std::optional<row_problem> problem;
    const std::string each = name.ends_with("[]") ? name : name + "[]";
    json::for_each_element(value, [&](std::string_view element) {
      problem = add_file(each, element);
      return !problem;
    });
    return problem;
  }

  void write(prepared_request& prepared) {
    const XXH128_hash_t digest = XXH3_128bits_digest(&hash_);
    const std::string boundary =
        fmt::format("batchmill-{:016x}{:016x}", digest.high64, digest.low64);
    form_text form(boundary);
    for (const part& p : parts_) {
      if (p.filename.empty()) {
        form.add_text(p.name, p.value);
      } else {
        form.add_file(p.name, p.filename, p.type, upload(0, p.path, p.size));
      }
    }
    std::move(form).finish(prepared.request);
  }

 private:
  std::optional<row_problem> add_text(const std::string& name, std::string_view value) {
    std::vector<text_field> fields;
    add_fields(name, value, fields);
    for (text_field& field : fields) {
      hash(field.name);
      hash(field.value);
      part p;
      p.name = std::move(field.name);
      p.value = std::move(field.value);
      parts_.push_back(std::move(p));
    }
    return std::nullopt;
  }

  std::optional<row_problem> add_file(const std::string& name, std::string_view value) {
    const auto file = json::unquote(value);
    if (!file) return row_problem("invalid_row", "`" + name + "` must be the path of a file");
    const row_file_result bytes = read_row_file(root_, *file, rules_.most_bytes);
    if (!bytes) return bytes.error();
    const row_file_result path = resolve_row_file(root_, *file);
    if (!path) return path.error();
    part p;
    p.name = name;
    p.filename = std::filesystem::path(*file).filename().string();
    p.type = type_of(p.filename);
    p.path = *path;
    p.size = bytes->size();
    hash(name);
    hash(p.filename);
    hash(*bytes);
    parts_.push_back(std::move(p));
    return std::nullopt;
  }

  /// With its length: "ab" and "c" are not "a" and "bc".
  void hash(std::string_view bytes) {
    const std::uint64_t size = bytes.size();
    XXH3_128bits_update(&hash_, &size, sizeof size);
    XXH3_128bits_update(&hash_, bytes.data(), bytes.size());
  }

  const form_rules& rules_;
  const std::string& root_;
  std::vector<part> parts_;
  XXH3_state_t hash_;
};

}  // namespace

bool names_file(std::string_view body, const form_rules& rules) {
  return std::any_of(rules.files.begin(), rules.files.end(), [&](std::string_view name) {
    return json::kind_of(json::member(body, name).value_or("null")) != json::kind::null;
  });
}

std::optional<row_problem> make_form(prepared_request& prepared, const form_rules& rules,
                                     const std::string& root) {
  form_builder form(rules, root);
  std::optional<row_problem> problem;
  json::for_each_member(prepared.request.body, [&](std::string_view key, std::string_view value) {
    problem = form.add(json::unquote(key).value_or(""), value);
    return !problem;
  });
  if (!problem) form.write(prepared);
  return problem;
}

}  // namespace batchmill::jobs
