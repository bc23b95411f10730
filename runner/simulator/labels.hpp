// Finds the labels that a classification prompt offers.
#pragma once

#include <string_view>
#include <vector>

namespace batchmill::simulator_detail {

struct label {
  std::string_view name;
  std::string_view description;  // of a bulleted label: "- billing: anything about invoices"
};

struct label_list {
  label_list() = default;

  std::vector<label> labels;  // none, or two and more
  std::size_t begin = 0;      // where the list stands in the text
  std::size_t end = 0;
};

/// Looks for "one of: billing, bug, account", "Labels: a, b, c", "(billing|bug|other)",
/// "classify ... as positive, negative or neutral", and bulleted lists after such a word.
label_list find_labels(std::string_view text);

}  // namespace batchmill::simulator_detail
