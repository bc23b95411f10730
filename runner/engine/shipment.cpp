#include "runner/engine/shipment.hpp"

#include <iterator>
#include <string_view>

namespace batchmill {
namespace {

std::string_view before_inputs(const prepared_request& p) {
  return std::string_view(p.request.body).substr(0, p.inputs.at);
}

std::string_view inputs_of(const prepared_request& p) {
  return std::string_view(p.request.body).substr(p.inputs.at, p.inputs.length);
}

std::string_view behind_inputs(const prepared_request& p) {
  return std::string_view(p.request.body).substr(p.inputs.at + p.inputs.length);
}

/// Texts and lists of tokens do not mix.
bool of_one_kind(const prepared_request& a, const prepared_request& b) {
  return a.inputs.bare == b.inputs.bare &&
         a.request.body[a.inputs.at] == b.request.body[b.inputs.at];
}

}  // namespace

void shipment::add(parcel&& p) {
  const prepared_request& prepared = p.prepared;
  inputs_ += prepared.inputs.count;
  prompt_tokens_ += prepared.prompt_tokens;
  max_output_tokens_ += prepared.max_output_tokens;
  text_bytes_ += p.from.text.size();
  input_bytes_ += prepared.inputs.length + 1;
  rows_.push_back(std::move(p));
}

shipment shipment::split(unsigned attempts_so_far) {
  auto all = std::move(rows_);
  *this = shipment();
  shipment later;
  const std::size_t half = (all.size() + 1) / 2;
  for (std::size_t i = 0; i < all.size(); ++i) {
    (i < half ? *this : later).add(std::move(all[i]));
  }
  attempts_before_ = later.attempts_before_ = attempts_so_far;
  return later;
}

const http_request& shipment::request() {
  const prepared_request& one = first().prepared;
  if (size() == 1) return one.request;
  if (joined_) return *joined_;
  std::string body;
  body.reserve(one.request.body.size() + input_bytes_);
  body += before_inputs(one);
  if (one.inputs.bare) body += '[';
  for (const parcel& p : rows_) {
    if (&p != &rows_.front()) body += ',';
    body += inputs_of(p.prepared);
  }
  if (one.inputs.bare) body += ']';
  body += behind_inputs(one);
  joined_ = std::make_unique<http_request>(one.request.method, one.request.target, std::move(body));
  joined_->headers = one.request.headers;
  return *joined_;
}

std::vector<const prepared_request*> shipment::prepared() const {
  std::vector<const prepared_request*> all;
  all.reserve(rows_.size());
  for (const parcel& p : rows_) all.push_back(&p.prepared);
  return all;
}

bool joinable(const prepared_request& a, const prepared_request& b) {
  return a.inputs.count > 0 && b.inputs.count > 0 && of_one_kind(a, b) &&
         before_inputs(a) == before_inputs(b) && behind_inputs(a) == behind_inputs(b) &&
         a.request.target == b.request.target && a.request.headers == b.request.headers;
}

}  // namespace batchmill
