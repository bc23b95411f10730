#include "runner/engine/ledger/database.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <filesystem>

#include "batchmill/error.hpp"
#include "runner/engine/ledger/disk_file.hpp"

namespace batchmill {
namespace {

constexpr int patience_ms = 2000;  // another process may be in the middle of a transaction

std::vector<std::string> columns_of(sqlite3_stmt* statement) {
  std::vector<std::string> columns;
  for (int i = 0; i < sqlite3_column_count(statement); ++i) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
    columns.emplace_back(text == nullptr ? "" : text);
  }
  return columns;
}

}  // namespace

database::database(const std::string& path, access how) : path_(path) {
  // SQLite's own SQLITE_OPEN_NOFOLLOW would refuse links in the folders above, too.
  if (std::filesystem::is_symlink(path)) refuse_link(path);
  const int flags =
      how == access::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const bool opened = sqlite3_open_v2(path.c_str(), &db_, flags, nullptr) == SQLITE_OK;
  try {
    require(opened);
    sqlite3_busy_timeout(db_, patience_ms);
    if (how == access::write) execute("PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;");
  } catch (...) {
    sqlite3_close(db_);
    throw;
  }
}

database::~database() {
  sqlite3_close(db_);
}

void database::execute(const char* sql, const std::vector<std::string>& values) {
  if (values.empty()) {
    require(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
    return;
  }
  sqlite3_stmt* statement = nullptr;
  require(sqlite3_prepare_v2(db_, sql, -1, &statement, nullptr) == SQLITE_OK);
  for (std::size_t i = 0; i < values.size(); ++i) {
    sqlite3_bind_text(statement, static_cast<int>(i) + 1, values[i].data(),
                      static_cast<int>(values[i].size()), SQLITE_TRANSIENT);
  }
  run(statement, nullptr);
}

void database::query(const char* sql,
                     const std::function<void(const std::vector<std::string>&)>& row) {
  sqlite3_stmt* statement = nullptr;
  require(sqlite3_prepare_v2(db_, sql, -1, &statement, nullptr) == SQLITE_OK);
  run(statement, row);
}

void database::run(sqlite3_stmt* statement,
                   const std::function<void(const std::vector<std::string>&)>& f) {
  int state = sqlite3_step(statement);
  for (; state == SQLITE_ROW; state = sqlite3_step(statement)) f(columns_of(statement));
  sqlite3_finalize(statement);
  require(state == SQLITE_DONE);
}

void database::require(bool good) {
  if (!good) throw run_error(fmt::format("cannot use {}: {}", path_, sqlite3_errmsg(db_)));
}

}  // namespace batchmill
