#include "runner/simulator/answer_parts.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <vector>

#include "runner/simulator/checks.hpp"
#include "runner/simulator/dice.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

void write_object(json_writer& out, const json::object& object) {
  out.open_object();
  for (const auto& [key, value] : object) {
    out.key({key.data(), key.size()});
    write_value(out, value);
  }
  out.close_object();
}

void write_array(json_writer& out, const json::array& array) {
  out.open_array();
  for (const auto& item : array) write_value(out, item);
  out.close_array();
}

}  // namespace

std::string identifier(std::string_view prefix, std::uint64_t hash) {
  return fmt::format("{}{:016x}{:012x}", prefix, hash, hash_pair(hash, 1) >> 16);
}

std::int64_t creation_time(std::uint64_t hash) {
  constexpr std::int64_t epoch = 1'760'000'000, spread = 1'000'000;
  return epoch + static_cast<std::int64_t>(hash % spread);
}

void write_value(json_writer& out, const json::value& value) {
  if (value.is_object()) return write_object(out, value.get_object());
  if (value.is_array()) return write_array(out, value.get_array());
  if (value.is_string())
    out.text(view(value.get_string()));
  else if (value.is_bool())
    out.boolean(value.get_bool());
  else if (value.is_int64())
    out.integer(value.get_int64());
  else if (value.is_number())
    out.real(value.to_number<double>());
  else
    out.null();
}

std::string to_base64(std::span<const unsigned char> bytes) {
  std::vector<unsigned char> out((bytes.size() + 2) / 3 * 4 + 1);  // EVP ends it with a zero
  const auto size = EVP_EncodeBlock(out.data(), bytes.data(), static_cast<int>(bytes.size()));
  return {out.begin(), out.begin() + size};
}

std::string to_base64(std::string_view bytes) {
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  return to_base64(std::span(data, bytes.size()));
}

}  // namespace batchmill::simulator_detail
