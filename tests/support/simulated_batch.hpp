// Files and batches of the simulated service in one line each, for tests.
#pragma once

#include <fmt/format.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/simulated_api.hpp"

namespace batchmill::testing {

inline constexpr std::string_view chat_url = "/v1/chat/completions";

/// Uploads `content` and returns the answer.
inline api_answer upload_file(simulated_api& api, std::string_view content,
                              std::string_view filename = "in.jsonl",
                              std::string_view purpose = "batch") {
  return api.post("/v1/files",
                  form_body().field("purpose", purpose).file("file", filename, content));
}

/// The input line of a request.
inline std::string batch_line(std::string_view custom_id, std::string_view body,
                              std::string_view url = chat_url) {
  return fmt::format(R"({{"custom_id":"{}","method":"POST","url":"{}","body":{}}})"
                     "\n",
                     custom_id, url, body);
}

/// `count` chat requests, row-0 and so on, none like another.
inline std::string batch_lines(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i)
    lines += batch_line(fmt::format("row-{}", i), chat_body(fmt::format("Say {}.", i)));
  return lines;
}

/// Creates a batch of these lines. `more` are further members, e.g. R"("metadata":{"a":"b"})".
inline api_answer create_batch(simulated_api& api, std::string_view lines,
                               std::string_view endpoint = chat_url, std::string_view more = {}) {
  const auto file = upload_file(api, lines).text("/id");
  return api.post("/v1/batches", fmt::format(R"({{"input_file_id":"{}","endpoint":"{}",)"
                                             R"("completion_window":"24h"{}{}}})",
                                             file, endpoint, more.empty() ? "" : ",", more));
}

inline api_answer show_batch(simulated_api& api, const std::string& id) {
  return api.get("/v1/batches/" + id);
}

/// The lines of a file in their order; none when `id` is "null".
inline std::vector<boost::json::value> lines_of(simulated_api& api, const std::string& id) {
  std::vector<boost::json::value> lines;
  if (id == "null") return lines;
  const auto text = api.get("/v1/files/" + id + "/content").body();
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    lines.push_back(boost::json::parse(text.substr(at, end - at)));
    at = end + 1;
  }
  return lines;
}

inline std::string custom_id(const boost::json::value& line) {
  return boost::json::value_to<std::string>(line.at("custom_id"));
}

}  // namespace batchmill::testing
