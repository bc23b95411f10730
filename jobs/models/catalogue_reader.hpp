// Models from JSON: the program's own catalogue and the user's file have the same form.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "batchmill/models.hpp"

namespace batchmill {

class catalogue_reader {
 public:
  /// `where` makes the place of a message from a JSON pointer such as "/models/gpt-4o/prices".
  explicit catalogue_reader(std::function<std::string(const std::string&)> where)
      : where_(std::move(where)) {}

  /// Adds the models of `json`, a valid object. What an entry says of a model that is there already
  /// replaces only that. Throws usage_error.
  void add(std::string_view json, model_catalogue& to) const;

 private:
  /// A value and where it stands.
  struct spot {
    std::string_view raw;
    std::string path;
  };

  void read_models(const spot& all, model_catalogue& to) const;
  void read_model(const spot& entry, model_info& model) const;
  bool read_size(std::string_view key, const spot& value, model_info& model) const;
  bool read_text(std::string_view key, const spot& value, model_info& model) const;
  bool read_group(std::string_view key, const spot& value, model_info& model) const;
  token_prices read_prices(const spot& value) const;
  tuning_info read_tuning(const spot& value) const;
  long_context read_long_context(const spot& value) const;
  std::map<std::string, tier_limits> read_limits(const spot& value) const;
  tier_limits read_tier(const spot& value) const;
  void resolve_aliases(model_catalogue& models) const;

  template <class F>
  void each(const spot& object, F f) const;
  std::string text(const spot& value) const;
  std::vector<std::string> texts(const spot& value) const;
  std::string date(const spot& value) const;
  std::int64_t whole(const spot& value) const;
  double number(const spot& value) const;
  bool truth(const spot& value) const;
  [[noreturn]] void fail(const spot& at, const std::string& sentence) const;
  [[noreturn]] void fail_key(const spot& at, std::string_view key,
                             const std::vector<std::string>& known) const;

  std::function<std::string(const std::string&)> where_;
};

}  // namespace batchmill
