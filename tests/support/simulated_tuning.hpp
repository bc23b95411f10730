// Fine-tuning jobs of the simulated service, written in one line, for tests.
#pragma once

#include <string>
#include <string_view>

#include "tests/support/simulated_batch.hpp"

namespace batchmill::testing {

inline std::string training_lines(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i)
    lines += R"({"messages":[{"role":"user","content":"Say )" + std::to_string(i) +
             R"(."},{"role":"assistant","content":"Of course: )" + std::to_string(i) + "\"}]}\n";
  return lines;
}

inline std::string upload_training_file(simulated_api& api, std::string_view text,
                                        std::string_view purpose = "fine-tune") {
  return upload_file(api, text, "train.jsonl", purpose).text("/id");
}

/// `more`: further members of the request, e.g. R"("suffix":"a")".
inline api_answer create_tuning(simulated_api& api, std::string_view file,
                                std::string_view more = {},
                                std::string_view model = "gpt-4o-mini-2024-07-18") {
  std::string body =
      R"({"training_file":")" + std::string(file) + R"(","model":")" + std::string(model) + '"';
  if (!more.empty()) body.append(",").append(more);
  return api.post("/v1/fine_tuning/jobs", body + "}");
}

inline api_answer show_tuning(simulated_api& api, const std::string& id,
                              std::string_view what = {}) {
  return api.get("/v1/fine_tuning/jobs/" + id + std::string(what));
}

}  // namespace batchmill::testing
