// What stands behind the ? of a request's target, and lists that are asked for page by page.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runner/simulator/api_error.hpp"
#include "runner/simulator/json_writer.hpp"

namespace batchmill::simulator_detail {

class query {
 public:
  explicit query(std::string_view target);

  /// The value of the last `name`; nothing when there is none.
  std::optional<std::string> find(std::string_view name) const;

  const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// Which part of a list is asked for?
struct page_request {
  page_request() = default;

  std::string after;  // the id of the last one that is known; empty: from the beginning
  std::size_t limit = 20;
  bool oldest_first = false;
};

/// Reads `after`, `limit` (1 to `most`) and, where the list has one, `order`. `page` holds the
/// defaults.
refusal read_page(const query& q, std::size_t most, bool has_order, page_request& page);

/// One page of a list whose keys are ids that grow with time.
template <class Object>
struct page {
  std::vector<const Object*> items;
  bool has_more = false;
};

/// Those for which `belongs` holds.
template <class Map, class Predicate>
page<typename Map::mapped_type> take_page(const Map& all, const page_request& wanted,
                                          Predicate belongs) {
  page<typename Map::mapped_type> result;
  const auto take = [&](auto at, auto end) {
    for (; at != end && !result.has_more; ++at) {
      if (!belongs(at->second)) continue;
      result.has_more = result.items.size() == wanted.limit;
      if (!result.has_more) result.items.push_back(&at->second);
    }
  };
  if (wanted.oldest_first)
    take(wanted.after.empty() ? all.begin() : all.upper_bound(wanted.after), all.end());
  else
    take(wanted.after.empty() ? all.rbegin()
                              : std::make_reverse_iterator(all.lower_bound(wanted.after)),
         all.rend());
  return result;
}

/// The list object; `write` writes an item.
template <class Object, class Write>
std::string list_json(const page<Object>& p, Write write) {
  std::string out;
  json_writer json(out, json_layout::pretty);
  json.open_object().key("object").text("list").key("data").open_array();
  for (const auto* item : p.items) write(json, *item);
  json.close_array().key("first_id");
  p.items.empty() ? json.null() : json.text(id_of(*p.items.front()));
  json.key("last_id");
  p.items.empty() ? json.null() : json.text(id_of(*p.items.back()));
  json.key("has_more").boolean(p.has_more).close_object();
  return out;
}

}  // namespace batchmill::simulator_detail
