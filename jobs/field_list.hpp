// A body as a list of fields, as forms and queries have it: `a`, `a[]` for each element of a list,
// `a[b]` for the member of an object. OpenAI's own libraries name them so.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace batchmill::jobs {

struct text_field {
  std::string name;
  std::string value;
};

/// Appends the fields of `value`, raw JSON, which is called `name`. A null has none.
void add_fields(const std::string& name, std::string_view value, std::vector<text_field>& out);

/// The members of an object as the query of a request target, without the question mark.
std::string to_query(std::string_view object);

}  // namespace batchmill::jobs
