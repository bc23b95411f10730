// Turns the rows of a source into examples, one after the other. Texts pass as they are escaped.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "batchmill/fine_tuning_data.hpp"

namespace batchmill::fine_tuning {

/// A row, and what became of it.
struct made_example {
  made_example() = default;

  std::string place;   // "tickets.jsonl:7"
  std::string text;    // the example on one line; empty: there is none
  std::string fields;  // the row's own object, for splitting by a field
  std::string fault;   // why there is none; empty: the row has no answer
};

class example_source {
 public:
  virtual ~example_source() = default;

  virtual std::optional<made_example> next() = 0;
};

/// Throws usage_error when the source cannot work.
std::unique_ptr<example_source> open_source(const prepare_spec& spec, const source_spec& source,
                                            const prepare_edges& edges);

}  // namespace batchmill::fine_tuning
