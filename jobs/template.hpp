// The body of a request with placeholders: compiled once, filled from each row. Strings of the row
// are put in as they are escaped there, so nothing is ever re-encoded.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "batchmill/job_spec.hpp"
#include "jobs/field_set.hpp"
#include "jobs/placeholder.hpp"

namespace batchmill::jobs {

/// Why a row cannot be sent: a code for the output line and one sentence without its place.
struct row_problem {
  row_problem() = default;
  row_problem(std::string c, std::string s) : code(std::move(c)), sentence(std::move(s)) {}

  std::string code;
  std::string sentence;
};

class body_template {
 public:
  /// Compiles `spec.body_template` and adds the fields it uses to `fields`. Throws usage_error.
  body_template(const job_spec& spec, field_set& fields);

  /// Length of the body without what comes from a row.
  std::size_t size() const;

  /// Does it take files of the rows in?
  bool takes_files() const;

  /// Appends the body for a row to `out`. `values` is what `fields` found in `row`, whose files are
  /// below `root`.
  std::optional<row_problem> render(std::string_view row,
                                    const std::vector<std::string_view>& values,
                                    const std::string& root, std::string& out) const;

 private:
  struct piece {
    std::string literal;    // what stands before the placeholder
    placeholder insert;     // without a path: nothing more
    std::size_t field = 0;  // its first step, as a place in the field set
    std::string fallback;   // raw text that takes the place of a missing value
    std::string where;
  };

  void compile_value(std::string_view raw, const job_spec& spec, field_set& fields);
  void compile_string(std::string_view raw, const std::string& where, field_set& fields);
  bool compile_whole(std::string_view raw, const std::string& where, field_set& fields);
  void add(placeholder insert, const std::string& where, field_set& fields);

  static std::optional<row_problem> insert(const piece& p, std::string_view row,
                                           std::string_view value, const std::string& root,
                                           std::string& out);
  static std::optional<row_problem> insert_file(const piece& p, std::string_view value,
                                                const std::string& root, std::string& out);

  std::vector<piece> pieces_;
  std::string tail_;              // raw text behind the last placeholder
  std::size_t strings_seen_ = 0;  // while compiling
};

}  // namespace batchmill::jobs
