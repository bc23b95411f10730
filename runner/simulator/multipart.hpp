// Forms: multipart/form-data, read strictly and without copying what is in them.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runner/simulator/api_error.hpp"
#include "runner/simulator/files/file_content.hpp"

namespace batchmill::simulator_detail {

struct form_part {
  form_part() = default;

  std::string name;
  std::string filename;
  bool is_file = false;  // a file name was given, be it empty
  std::string_view content_type;
  std::string_view content;
  std::optional<file_content> stored;  // instead, when it lies on disk
};

inline constexpr std::size_t most_parts = 1'000;

struct form_data {
  form_data() = default;

  std::vector<form_part> parts;
  std::deque<std::string> kept;  // what their views are into, unless that is the request

  /// The files called `name`.
  std::vector<const form_part*> files(std::string_view name) const;

  /// The same for the same names, file names and contents, whatever boundary lies between them.
  std::uint64_t hash(std::uint64_t seed) const;
};

/// What separates the parts, from the Content-Type header; empty when it is not such a header.
std::string boundary_of(std::string_view content_type);

api_error bad_form(std::string_view problem);

/// The lines before a part's content, without the empty one.
refusal read_part_headers(std::string_view headers, form_part& part);

/// Splits `body` into parts, whose views are into it.
refusal parse_form(std::string_view body, std::string_view boundary, form_data& form);

}  // namespace batchmill::simulator_detail
