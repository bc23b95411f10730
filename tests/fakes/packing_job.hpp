// A job whose rows share requests. A row "b:text" is of the kind "b"; rows of a kind are joined.
// The answer to a row is the number of its place in the pack.
#pragma once

#include <string>
#include <vector>

#include "batchmill/job.hpp"
#include "tests/fakes/echo_job.hpp"

namespace batchmill::testing {

class packing_job final : public row_job {
 public:
  boost::system::result<prepared_request, row_failure> prepare(const row& r) const override {
    auto prepared = echo_.prepare(r);
    if (!prepared) return prepared;
    prepared->model.clear();
    const auto colon = r.text.find(':');
    const std::string kind = colon == std::string::npos ? "" : r.text.substr(0, colon);
    std::string& body = prepared->request.body = kind + '[';
    prepared->inputs.at = body.size();
    body += '"' + r.text + "\"]";
    prepared->inputs.length = r.text.size() + 2;
    prepared->inputs.count = kind == "alone" ? 0 : 1;
    return prepared;
  }

  reading read(http_response response) const override { return echo_.read(std::move(response)); }

  pack_limits packing() const override { return limits; }

  reading read_packed(http_response response, std::span<const prepared_request* const> rows,
                      std::vector<reading>& each) const override {
    const bool for_all = response.status == 404;
    reading whole = echo_.read(std::move(response));
    whole.for_all = for_all;
    if (whole.kind != answer_kind::success) return whole;
    each.resize(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      each[i].kind = answer_kind::success;
      each[i].body = std::to_string(i);
      each[i].tokens.total = 1;
    }
    whole.tokens.total = static_cast<std::int64_t>(rows.size());
    return whole;
  }

  pack_limits limits{100, 100, 1'000'000};

 private:
  echo_job echo_;
};

}  // namespace batchmill::testing
