#include "runner/fine_tuning/submission_book.hpp"

#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <vector>

#include "batchmill/error.hpp"

namespace batchmill {
namespace fs = std::filesystem;
namespace {

constexpr const char* schema =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE IF NOT EXISTS object (name TEXT PRIMARY KEY, state TEXT NOT NULL,"
    " attempt INTEGER, since INTEGER, id TEXT) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS fact (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    "COMMIT;";
constexpr const char* select_objects = "SELECT name, state, attempt, since, id FROM object";

constexpr std::string_view state_names[] = {"planned", "making", "made"};

submission_state state_of(const std::string& name) {
  for (std::size_t i = 0; i < std::size(state_names); ++i) {
    if (state_names[i] == name) return static_cast<submission_state>(i);
  }
  throw run_error("a submission has the unknown state " + name +
                  "; its book is of a newer batchmill");
}

std::unique_ptr<database> open_book(const std::string& path) {
  std::error_code refused;
  fs::create_directories(fs::path(path).parent_path(), refused);
  if (refused) throw run_error("cannot make " + path + ": " + refused.message());
  auto db = std::make_unique<database>(path, database::access::write);
  db->execute(schema);
  return db;
}

submitted load_from(database& db, const std::string& name) {
  submitted what;
  db.query(select_objects, [&](const std::vector<std::string>& c) {
    if (c[0] != name) return;
    what.state = state_of(c[1]);
    what.attempt = static_cast<unsigned>(std::strtoul(c[2].c_str(), nullptr, 10));
    what.since = std::strtoll(c[3].c_str(), nullptr, 10);
    what.id = c[4];
  });
  return what;
}

std::string fact_in(database& db, const std::string& key) {
  std::string value;
  db.query("SELECT key, value FROM fact", [&](const std::vector<std::string>& columns) {
    if (columns[0] == key) value = columns[1];
  });
  return value;
}

/// The book as a bystander sees it; nothing where there is none, or one that was not begun.
std::unique_ptr<database> look_at_book(const std::string& spec) {
  const std::string path = submission_book_path(spec);
  if (!fs::exists(path)) return nullptr;
  auto db = std::make_unique<database>(path, database::access::read);
  bool begun = false;
  db->query("SELECT name FROM sqlite_master WHERE name = 'fact'",
            [&](const auto&) { begun = true; });
  return begun ? std::move(db) : nullptr;
}

}  // namespace

submission_book::submission_book(const std::string& path) : db_(open_book(path)) {}

submitted submission_book::load(const std::string& name) const {
  return load_from(*db_, name);
}

void submission_book::save(const std::string& name, const submitted& what) {
  const std::string state(state_names[static_cast<std::size_t>(what.state)]);
  db_->execute("INSERT OR REPLACE INTO object VALUES (?,?,?,?,?)",
               {name, state, std::to_string(what.attempt), std::to_string(what.since), what.id});
}

std::string submission_book::fact(const std::string& key) const {
  return fact_in(*db_, key);
}

void submission_book::set_fact(const std::string& key, const std::string& value) {
  db_->execute("INSERT OR REPLACE INTO fact VALUES (?,?)", {key, value});
}

std::string submission_folder(const std::string& spec) {
  return spec + ".submission";
}

std::string submission_book_path(const std::string& spec) {
  return submission_folder(spec) + "/book.sqlite";
}

bool is_submission_begun(const std::string& spec) {
  const auto db = look_at_book(spec);
  return db && !fact_in(*db, "id").empty();
}

std::string look_at_submitted_job(const std::string& spec) {
  const auto db = look_at_book(spec);
  return db ? load_from(*db, "job").id : std::string();
}

}  // namespace batchmill
