// What is known of models: sizes, prices, limits, how long they live. The program brings a
// catalogue; a file of the user's adds to it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "batchmill/job_spec.hpp"
#include "batchmill/money.hpp"
#include "batchmill/outcome.hpp"

namespace batchmill {

/// Dollars per million tokens; absent: not known, or there is no such thing.
struct token_prices {
  std::optional<double> input;
  std::optional<double> cached_input;  // absent: as much as other input
  std::optional<double> output;
};

/// Requests with more input tokens than `above` cost more as a whole.
struct long_context {
  std::int64_t above = 0;  // 0: there is no such rule
  double input = 1;        // factors of the prices
  double cached_input = 1;
  double output = 1;
};

/// What a usage tier allows; absent: not limited, or not known.
struct tier_limits {
  std::optional<double> requests_per_minute;
  std::optional<double> requests_per_day;
  std::optional<double> tokens_per_minute;
  std::optional<double> images_per_minute;
  std::optional<double> batch_queue;  // input tokens in unfinished batches
};

/// Fine-tuning on top of a model.
struct tuning_info {
  std::vector<std::string> methods;            // "supervised", "dpo", "reinforcement", "completion"
  bool images = false;                         // may examples hold images?
  std::optional<double> price;                 // dollars per million tokens trained on
  std::optional<double> hourly_price;          // dollars per hour of training, instead
  std::optional<std::int64_t> example_tokens;  // longer examples are cut; absent: not known
};

struct model_info {
  model_info() = default;

  std::string name;
  std::string kind;                  // "chat", "reasoning", "embedding", ...
  std::string alias_of;              // the snapshot that the name stands for; empty: it is its own
  std::vector<std::string> aliases;  // names that stand for this one
  std::optional<std::int64_t> context;     // tokens of prompt and output together
  std::optional<std::int64_t> max_input;   // tokens
  std::optional<std::int64_t> max_output;  // tokens
  std::optional<std::int64_t> dimensions;  // of embeddings
  std::string knowledge;                   // YYYY-MM
  std::vector<std::string> endpoints;      // "/v1/chat/completions"; empty: not known
  std::optional<bool> batch;               // may it be used through the Batch API?
  std::string encoding;                    // "o200k_base"; empty: not known
  token_prices prices;
  std::optional<token_prices> batch_prices;  // absent: not known, or not available in batches
  std::optional<token_prices> tuned_prices;  // of models fine-tuned from it
  std::optional<tuning_info> tuning;         // absent: it cannot be fine-tuned, or not known
  long_context long_prompts;
  double cache_write = 1;            // factor of the input's price for what goes into the cache
  std::string shutdown;              // YYYY-MM-DD; empty: none is announced
  std::string replacement;           // what its provider recommends instead; empty: nothing
  std::string access;                // "restricted", "open-weight"; empty: everybody's
  std::string note;                  // one sentence; usually empty
  std::vector<std::string> refuses;  // parameters
  std::map<std::string, tier_limits> limits;  // "free", "tier_1" to "tier_5"
};

class model_catalogue {
 public:
  model_catalogue() = default;

  /// The models that the program knows.
  static const model_catalogue& known();

  /// Those, and what `spec.models` says. Throws usage_error with the place in the file.
  static model_catalogue of(const job_spec& spec);

  /// A model by its name, its alias, or as `ft:<name>:...`; nothing when it is unknown.
  std::optional<model_info> find(std::string_view name) const;

  /// By name.
  const std::vector<model_info>& all() const { return models_; }

  /// The day for which the program's own entries were reviewed.
  const std::string& as_of() const { return as_of_; }

 private:
  friend class catalogue_reader;

  std::vector<model_info> models_;
  std::string as_of_;
};

enum class billing { online, batch };

/// Nothing when a price is missing that the usage needs.
std::optional<money> cost_of(const model_info& model, const token_usage& used,
                             billing how = billing::online);

/// No request with so many tokens costs more, whatever the cache does.
std::optional<money> most_cost(const model_info& model, std::int64_t prompt, std::int64_t output,
                               billing how = billing::online);

/// How long the endpoint keeps what it is sent.
struct retention {
  std::string_view endpoint;
  std::string_view kept;  // "30 days"
  std::string_view zero;  // may it be zero for those who have agreed on that: "yes", "no", "-"
};

/// By the provider's data usage policy; nothing for other endpoints.
std::optional<retention> retention_of(std::string_view endpoint);

/// What a person should know before `request` is sent to `endpoint` for the first time: sentences
/// about the model's life, the endpoint and the parameters. `today` is YYYY-MM-DD.
std::vector<std::string> model_warnings(const model_catalogue& models, std::string_view model,
                                        std::string_view endpoint, std::string_view body,
                                        std::string_view today);

}  // namespace batchmill
