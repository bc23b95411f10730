// The last step of a request body: the spec's model and parameters are added, on raw text, and what
// the engine wants to know about it is read off.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "batchmill/job_spec.hpp"

namespace batchmill::jobs {

struct body_facts {
  body_facts() = default;

  bool has_model = false;
  std::string model;                       // empty when it is no string
  std::optional<std::int64_t> max_output;  // the bound on the tokens of one choice
  std::int64_t choices = 1;                // `n`, for each prompt of a list
  bool prompts_apart = false;              // a list of prompts: each has the context for itself
  bool stream = false;
  bool cold = false;       // the temperature is 0
  float price_factor = 1;  // by service tier; 0: not known
};

class body_completion {
 public:
  /// `defaults` is an object whose members count where neither spec nor row has them; may be empty.
  /// Throws usage_error when the parameters are no object or name the model a second time.
  explicit body_completion(const job_spec& spec, std::string_view defaults = {});

  /// Adds the members that `body`, a minified object, lacks. Its own members win.
  body_facts complete(std::string& body) const;

 private:
  void add_parameters(const job_spec& spec);
  void add_defaults(std::string_view defaults);

  struct addition {
    std::string key;      // unescaped
    std::string raw_key;  // with quotes
    std::string value;    // raw
  };

  std::vector<addition> additions_;
};

/// No tokenizer makes more tokens of the body, whatever its language: a token has a byte or more,
/// and an image, a file or something kept at the server counts for itself. INT64_MAX where only the
/// model's context bounds them.
std::int64_t most_tokens(std::string_view body);

/// About four characters are a token. Counts the characters of the whole body: the few that are
/// JSON's own stand for the tokens that the API adds around each message. An image within is worth
/// what a tile model counts for one of 1024 × 1024, whatever it has of characters.
std::int64_t estimate_tokens(std::string_view body);

}  // namespace batchmill::jobs
