// Keeps count of what requests cost, by model.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "batchmill/models.hpp"
#include "batchmill/observer.hpp"
#include "runner/engine/answer.hpp"
#include "runner/flow/output_record.hpp"
#include "runner/flow/prompt_record.hpp"

namespace batchmill {

/// A model that is asked.
struct model_account {
  model_cost sums;
  std::optional<model_info> facts;
  output_record outputs;  // by answer
  prompt_record prompts;
  bool met = false;  // a request was made ready by this process
};

/// An attempt, as far as it is billed.
struct expense {
  expense() = default;

  model_account* account = nullptr;
  std::optional<std::int64_t> counted;  // tokens of the prompt, when they are known exactly
  float factor = 1;                     // of the list price
  billing how = billing::online;
  money held;  // for it, at most
};

class account_book {
 public:
  /// `models` may be null: then no price is known. It must outlive the book.
  account_book(const model_catalogue* models, const std::vector<model_cost>& earlier, bool capped);

  model_account& of(std::string_view model);

  /// The attempt is over. Returns what it cost, or may have cost.
  money book(const expense& e, const answer& a);

  /// Requests that may be billed although nobody has their answers.
  void book_lost(std::string_view model, std::uint64_t requests, money amount);

  /// Have answers of the model borne out how we count its prompts?
  bool counts_are_proven(std::string_view model) const;

  bool empty() const { return accounts_.empty(); }
  void add_to(run_cost& all) const;
  std::vector<model_cost> by_model() const;

 private:
  static money book_usage(const expense& e, const token_usage& used);

  const model_catalogue* models_;
  bool capped_;
  std::map<std::string, std::unique_ptr<model_account>, std::less<>> accounts_;
};

}  // namespace batchmill
