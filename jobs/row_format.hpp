// The three things a line of input can be, and how a custom_id and a body come out of each.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <boost/system/result.hpp>

#include "batchmill/job.hpp"
#include "jobs/template.hpp"

namespace batchmill::jobs {

struct row_content {
  row_content() = default;

  std::string custom_id;  // raw JSON string
  std::string body;       // minified JSON object, before model and parameters are added
};

using row_result = boost::system::result<row_content, row_failure>;

class row_reader {
 public:
  virtual ~row_reader() = default;

  /// `text` is the row as a minified JSON object.
  virtual row_result read(std::string text, const row& r) const = 0;
};

/// The reader for a format. Throws usage_error when format and spec contradict each other.
std::unique_ptr<row_reader> make_row_reader(const job_spec& spec, row_format format);

/// The row's number as a custom_id: "17", quotes included.
std::string number_id(const row& r);

/// "tickets.jsonl:17"
std::string place(const row& r);

/// The failure of a row for a reason that stands behind its place: "tickets.jsonl:17: <sentence>".
row_failure fail(const row& r, std::string custom_id, row_problem problem);

}  // namespace batchmill::jobs
