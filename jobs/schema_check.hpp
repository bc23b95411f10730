// Does a JSON text fit a JSON Schema (draft 7)? The validator's templates are in one unit alone.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace batchmill::jobs {

class schema_check {
 public:
  /// Throws usage_error that begins with `where` when `schema` is none.
  schema_check(std::string_view schema, const std::string& where);
  ~schema_check();

  /// What does not fit, with its place as a JSON pointer: "at /price: ..."; empty when all fits.
  std::string fault(std::string_view text) const;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace batchmill::jobs
