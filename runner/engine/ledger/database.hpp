// SQLite, as little of it as is needed. Every failure is a run_error sentence.
#pragma once

#include <functional>
#include <string>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace batchmill {

class database {
 public:
  enum class access { read, write };

  database(const std::string& path, access how);
  ~database();
  database(const database&) = delete;
  database& operator=(const database&) = delete;

  /// With `values` for the question marks: one statement. Without: any number of them.
  void execute(const char* sql, const std::vector<std::string>& values = {});

  void query(const char* sql, const std::function<void(const std::vector<std::string>&)>& row);

 private:
  void require(bool good);
  void run(sqlite3_stmt* statement, const std::function<void(const std::vector<std::string>&)>& f);

  std::string path_;
  sqlite3* db_ = nullptr;
};

}  // namespace batchmill
