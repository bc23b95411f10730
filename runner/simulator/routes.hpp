// Which endpoint answers which path. One endpoint file, one line in `all_routes`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runner/simulator/endpoint.hpp"

namespace batchmill::simulator_detail {

/// What a request to the route carries, and whether a model works for it.
enum class route_kind {
  model,    // JSON in; latency, limits and random faults apply
  form,     // a form in; likewise
  both,     // either; likewise
  lookup,   // nothing in; answered at once
  file,     // the same, and no key is asked for
  record,   // nothing in; about what is kept: files, batches. They have faults of their own
  object,   // the same with JSON in
  deposit,  // the same with a form in
};

/// Does a model work for it?
constexpr bool asks_model(route_kind kind) {
  return kind < route_kind::lookup;
}

/// Is it about files, uploads, batches or fine-tuning jobs?
constexpr bool is_storage(route_kind kind) {
  return kind >= route_kind::record;
}

constexpr bool takes_json(route_kind kind) {
  return kind == route_kind::model || kind == route_kind::both || kind == route_kind::object;
}

constexpr bool takes_form(route_kind kind) {
  return kind == route_kind::form || kind == route_kind::both || kind == route_kind::deposit;
}

struct route {
  std::string_view method;
  std::string_view path;  // "{id}" stands for anything that is not empty
  route_kind kind;
  endpoint handler;
};

struct route_match {
  const route* found = nullptr;
  std::string_view id;
  bool path_known = false;  // another method would be right
};

class route_table {
 public:
  void add(route r) { routes_.push_back(std::move(r)); }

  /// `path` has no query.
  route_match match(std::string_view method, std::string_view path) const;

 private:
  std::vector<route> routes_;
};

class storage;

/// Every endpoint of the simulator. `kept` must outlive them.
route_table all_routes(storage& kept);

}  // namespace batchmill::simulator_detail
