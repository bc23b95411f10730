// A spec that sets every key, as the documentation shows it.
#pragma once

#include <string_view>

namespace batchmill::testing {

inline constexpr std::string_view full_spec =
    R"(name: support-triage                  # default: the file's stem
endpoint: /v1/chat/completions
model: gpt-4o-mini
input:
  path: tickets.jsonl                 # a file, a glob, a list, or "-"; .gz and .zst read by suffix
  format: rows                        # rows | bodies | batch; found out from the first line when absent
  id: ticket_id                       # field that becomes custom_id; default: row number
template:                             # rows only: the body, with {{ field }}, {{ a.b[0] }}, {{ field | json }}
  messages:
    - {role: system, content: Answer with one word.}
    - {role: user, content: "{{ text }}"}
parameters: {temperature: 0, max_completion_tokens: 5}    # merged into every body
output:
  path: results.jsonl
  format: batch                       # batch: the Batch API's output line | text: custom_id, text, usage | full: batch + the input row
  failed: failed.jsonl                # optional copy of the input rows that failed, ready to be run again
api:
  base_url: https://api.openai.com/v1
  key_env: OPENAI_API_KEY             # or key_file, key_fd; never the key itself: refused with a sentence that says why
  organization: org-123
  project: proj_123
  headers: {X-Team: search}
  timeout: 10m                        # one attempt
  connect_timeout: 5s
  max_response: 64MB                  # of one answer, decompressed
  proxy: http://proxy.example:3128    # else HTTPS_PROXY / NO_PROXY
  ca_file: company-ca.pem
limits: {concurrency: 1000, requests_per_minute: 10000, tokens_per_minute: 2000000, share: 0.95}   # each may be auto
retry: {attempts: 6, initial_delay: 500ms, max_delay: 60s, row_deadline: 1h, outage: 10m}
stop: {failures: 5%, after: 200}      # stop the run when the share of failed rows passes this, counted after so many rows
)";

}  // namespace batchmill::testing
