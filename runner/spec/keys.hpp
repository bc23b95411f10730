// Every key of a job spec, described once: loading, checking, suggesting and the schema read this.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "batchmill/job_spec.hpp"

namespace batchmill::spec {

using header_list = std::vector<std::pair<std::string, std::string>>;

/// Where a key's value goes. Its type says how it is written.
using target = std::variant<std::string*,                // text
                            std::vector<std::string>*,   // one text or a list of them
                            std::optional<row_format>*,  // one of its names
                            output_format*,              // one of its names
                            finish_rule*,                // one of its names
                            request_method*,             // one of its names
                            api_flavor*,                 // one of its names
                            number_type*,                // one of its names
                            long_text*,                  // one of its names
                            run_mode*,                   // one of its names
                            preference*,                 // one of its names
                            expired_rows*,               // one of its names
                            late_rows*,                  // one of its names
                            std::optional<int>*,         // a whole number
                            std::optional<unsigned>*,    // a whole number, or auto
                            std::optional<double>*,      // a number, or auto
                            double*,                     // a share: 5% or 0.05
                            unsigned*,                   // a whole number
                            std::uint64_t*,              // a whole number
                            duration*,                   // 10m, 500ms
                            std::optional<duration>*,    // 10m, 500ms, or auto
                            byte_size*,                  // 64MB
                            bool*,                       // true or false
                            std::optional<bool>*,        // true or false, or auto
                            header_list*,                // a mapping of names to text
                            schema_source*,              // a mapping, or the path of a file
                            models_source*,              // the path of a file
                            std::optional<money>*,       // 25 USD
                            json_fragment*>;             // a mapping of anything

/// What a text must look like.
enum class text_rule {
  any,        // not empty, no control characters
  file_name,  // without a slash
  endpoint,   // begins with a slash
  url,        // http or https, without query and user
  variable,   // name of an environment variable
  version,    // letters, digits, dots and dashes
  deadline,   // a time of day or a duration
};

struct range {
  double least = 0;
  double most = std::numeric_limits<double>::max();
  bool least_excluded = false;
};

struct key {
  std::string_view path;         // "limits.share"
  target (*field)(job_spec&);    // null for a section
  std::string_view description;  // one sentence
  std::string_view example;      // a value that works, for messages and editors
  text_rule rule = text_rule::any;
  range allowed{};
  bool may_be_auto = false;
  bool required = false;

  bool is_section() const { return field == nullptr; }
  std::string_view parent() const;
  std::string_view name() const;
};

/// In the order in which a spec is best written.
std::span<const key> all_keys();

/// Null when there is no such key.
const key* find_key(std::string_view path);

/// The keys directly below a section; "" is the top level.
std::vector<const key*> keys_under(std::string_view section);

/// A section whose keys may all be auto may be so as a whole.
bool may_be_auto(std::string_view section);

/// "limits" and "share" make "limits.share".
std::string join_path(std::string_view section, std::string_view name);

/// The names of the formats, in the order of the enumerations.
std::span<const std::string_view> names_of(row_format);
std::span<const std::string_view> names_of(output_format);
std::span<const std::string_view> names_of(finish_rule);
std::span<const std::string_view> names_of(request_method);
std::span<const std::string_view> names_of(api_flavor);
std::span<const std::string_view> names_of(number_type);
std::span<const std::string_view> names_of(long_text);
std::span<const std::string_view> names_of(run_mode);
std::span<const std::string_view> names_of(preference);
std::span<const std::string_view> names_of(expired_rows);
std::span<const std::string_view> names_of(late_rows);

}  // namespace batchmill::spec
