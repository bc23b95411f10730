// What all jobs have in common whose rows can share requests.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "batchmill/job.hpp"
#include "jobs/answer.hpp"
#include "jobs/packing/packed_answer.hpp"
#include "jobs/request_builder.hpp"

namespace batchmill::jobs {

class packing_job : public row_job {
 public:
  /// The answer's list stands under `list_key`.
  packing_job(const job_spec& spec, row_format format, endpoint_traits traits,
              std::string_view list_key, const pack_limits& packing);

  boost::system::result<prepared_request, row_failure> prepare(const row& r) const final;
  pack_limits packing() const final { return packing_; }
  reading read(http_response response) const final;
  reading read_packed(http_response response, std::span<const prepared_request* const> rows,
                      std::vector<reading>& each) const final;

 protected:
  using rows_view = std::span<const prepared_request* const>;

  /// Finds the inputs in a request, and makes of it what is to be sent.
  virtual boost::system::result<prepared_request, row_failure> finish(prepared_request prepared,
                                                                      const row& r) const = 0;

  /// One reading for each row, whose tokens add up to `tokens`. Returns what is wrong with the
  /// answer; null when nothing is.
  virtual const char* read_rows(const packed_answer& answer, rows_view rows,
                                const token_usage& tokens, std::vector<reading>& each) const = 0;

  /// Is what the rows get of such an answer its vectors alone? Then these can be taken out first.
  virtual bool wants_vectors(rows_view) const { return false; }

  /// Of an answer that is wrong.
  virtual reading unusable(const packed_answer& answer, rows_view rows, const char* why) const;

  bool wants_text() const { return wants_text_; }

 private:
  reading read_all(const http_response& response, packed_answer& answer, rows_view rows,
                   std::vector<reading>& each) const;

  request_builder builder_;
  failure_judge judge_;
  std::string_view list_key_;
  pack_limits packing_;
  bool wants_text_;
};

/// As the spec says, and at most `inputs` in a request.
pack_limits packing_of(const job_spec& spec, std::uint64_t inputs);

/// The inputs that the rows brought; 0 where the only row's are not known.
std::size_t inputs_in(std::span<const prepared_request* const> rows);

/// Estimates, by which what is known of all is shared out.
std::vector<std::int64_t> prompt_weights(std::span<const prepared_request* const> rows);

}  // namespace batchmill::jobs
