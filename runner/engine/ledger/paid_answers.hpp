// Answers that were paid, but whose rows could not be finished: the run was stopped while a file
// that they name was fetched. The next process fetches it and pays nothing.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace batchmill {

struct paid_answer {
  paid_answer() = default;
  paid_answer(std::uint64_t h, std::string id, std::string b)
      : hash(h), request_id(std::move(id)), body(std::move(b)) {}

  std::uint64_t hash = 0;  // of what was sent
  std::string request_id;
  std::string body;  // minified JSON
};

class paid_answers {
 public:
  /// Reads what earlier processes kept at `path`; empty: nothing can be kept.
  explicit paid_answers(std::string path);

  /// Durable when it returns true. False: the disk takes no more, or there is none.
  bool keep(std::uint64_t row, const paid_answer& answer);

  /// The answer of a row that would be sent with this hash, if it was kept. It stays kept: finished
  /// rows do not ask.
  std::optional<paid_answer> find(std::uint64_t row, std::uint64_t hash) const;

  bool empty() const { return answers_.empty(); }

 private:
  std::string path_;
  std::map<std::uint64_t, paid_answer> answers_;  // by row
};

}  // namespace batchmill
