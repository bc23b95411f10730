// The spec as a tree whose every value knows its place. Aliases and merge keys are resolved.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "runner/spec/place.hpp"

namespace batchmill::spec {

enum class node_kind { null, scalar, list, mapping };

struct node {
  node_kind kind = node_kind::null;
  place at;
  std::string text;         // of a scalar
  bool quoted = false;      // a scalar that is text whatever it looks like
  std::vector<node> keys;   // of a mapping: scalars, each once
  std::vector<node> items;  // of a list or mapping

  const node* find(std::string_view key) const {
    return const_cast<node*>(this)->find(key);  // the search changes nothing
  }

  node* find(std::string_view key) {
    for (std::size_t i = 0; i < keys.size(); ++i)
      if (keys[i].text == key) return &items[i];
    return nullptr;
  }
};

}  // namespace batchmill::spec
