// The parts of a run and how far each has come: a small SQLite file, written at every step.
#pragma once

#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runner/batch/part.hpp"
#include "runner/engine/ledger/database.hpp"

namespace batchmill {

class part_book {
 public:
  /// Makes the file and its folder when missing. Throws run_error.
  explicit part_book(const std::string& path);

  std::vector<batch_part> load() const;

  /// Writes all of them down, or none: durable when it returns. Throws run_error.
  void save(std::initializer_list<const batch_part*> parts);

  /// Small facts about the run itself.
  std::string fact(const std::string& key) const;
  void set_fact(const std::string& key, const std::string& value);

 private:
  std::unique_ptr<database> db_;
};

/// As a bystander sees them; nothing is locked. Empty when the run has none.
std::vector<batch_part> look_at_parts(const std::string& book_path);

/// As a bystander; empty when there is none.
std::string look_at_fact(const std::string& book_path, const std::string& key);

}  // namespace batchmill
