// What a key may hold, in words.
#include "runner/spec/expectation.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdint>
#include <type_traits>

#include "runner/spec/scalars.hpp"

namespace batchmill::spec {

namespace {

std::string whole_number(const key& k) {
  return fmt::format("a whole number from {} to {}", k.allowed.least,
                     static_cast<std::uint64_t>(k.allowed.most));
}

template <class Enumeration>
std::string one_of() {
  const auto names = names_of(Enumeration{});
  return fmt::format("{} or {}", fmt::join(names.first(names.size() - 1), ", "), names.back());
}

std::string phrase(const key&, const std::string*) {
  return "text";
}
std::string phrase(const key& k, const std::vector<std::string>*) {
  return k.path == "input.path" ? "a path or a list of paths" : "a text or a list of texts";
}
std::string phrase(const key&, const std::optional<row_format>*) {
  return one_of<row_format>();
}
template <class Enumeration>
requires std::is_enum_v<Enumeration> std::string phrase(const key&, const Enumeration*) {
  return one_of<Enumeration>();
}
std::string phrase(const key&, const finish_rule*) {
  return one_of<finish_rule>();
}
std::string phrase(const key&, const number_type*) {
  return one_of<number_type>();
}
std::string phrase(const key&, const long_text*) {
  return one_of<long_text>();
}
std::string phrase(const key& k, const std::optional<int>*) {
  return whole_number(k);
}
std::string phrase(const key& k, const unsigned*) {
  return whole_number(k);
}
std::string phrase(const key& k, const std::optional<unsigned>*) {
  return whole_number(k);
}
std::string phrase(const key& k, const std::uint64_t*) {
  return k.allowed.least > 0 ? whole_number(k) : "a whole number, 0 or more";
}
std::string phrase(const key&, const std::optional<double>*) {
  return "a number above 0";
}
std::string phrase(const key& k, const double*) {
  return k.allowed.least_excluded ? "a share above 0 and up to 1, or a percentage"
                                  : "a share from 0 to 1, or a percentage";
}
std::string phrase(const key&, const bool*) {
  return "true or false";
}
std::string phrase(const key&, const std::optional<bool>*) {
  return "true or false";
}
std::string phrase(const key&, const duration*) {
  return "a time such as 500ms, 10m or 1h30m";
}
std::string phrase(const key& k, const std::optional<duration>*) {
  return phrase(k, static_cast<const duration*>(nullptr));
}
std::string phrase(const key&, const byte_size*) {
  return "an amount from 1kB to 1000GB";
}
std::string phrase(const key&, const header_list*) {
  return "a mapping of header names to text";
}
std::string phrase(const key&, const schema_source*) {
  return "a mapping or the path of a file";
}
std::string phrase(const key&, const models_source*) {
  return "the path of a file";
}
std::string phrase(const key&, const std::optional<money>*) {
  return "an amount above 0 and up to 1000000 USD";
}
std::string phrase(const key&, const json_fragment*) {
  return "a mapping";
}

/// Where a person may have put the API key itself, which no message repeats.
bool is_discreet(const key& k) {
  return k.path.starts_with("api.key_");
}

}  // namespace

std::string expectation(const key& k) {
  job_spec unused;
  const auto text =
      std::visit([&](const auto* field) { return phrase(k, field); }, k.field(unused));
  return k.may_be_auto ? text + ", or auto" : text;
}

void fail_value(const node& value, const key& k) {
  fail(value.at,
       fmt::format("`{}` must be {}, not {}; write for example `{}: {}`", k.path, expectation(k),
                   is_discreet(k) ? "this" : describe(value), k.name(), k.example));
}

}  // namespace batchmill::spec
