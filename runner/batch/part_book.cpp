#include "runner/batch/part_book.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <utility>

#include "batchmill/error.hpp"

namespace batchmill {
namespace fs = std::filesystem;
namespace {

constexpr const char* schema =
    "CREATE TABLE IF NOT EXISTS part (number INTEGER PRIMARY KEY, state TEXT NOT NULL,"
    " endpoint TEXT, model TEXT, attempt INTEGER, requests INTEGER, bytes INTEGER, tokens INTEGER,"
    " file_name TEXT, input_file_id TEXT, creation INTEGER, batch_id TEXT, status TEXT,"
    " output_file_id TEXT, error_file_id TEXT, answered INTEGER, refused INTEGER,"
    " created_at INTEGER, expires_at INTEGER, giving_up INTEGER, most_cost INTEGER,"
    " counted_cost INTEGER);"
    "CREATE TABLE IF NOT EXISTS fact (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;";

constexpr const char* insert_part =
    "INSERT OR REPLACE INTO part VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

constexpr const char* select_parts =
    "SELECT number, state, endpoint, model, attempt, requests, bytes, tokens, file_name,"
    " input_file_id, creation, batch_id, status, output_file_id, error_file_id, answered, refused,"
    " created_at, expires_at, giving_up, most_cost, counted_cost FROM part ORDER BY number";

constexpr std::array<std::string_view, 9> state_names = {
    "cut", "uploading", "uploaded", "creating", "created", "ended", "online", "merged", "clean"};

std::string name_of(part_state state) {
  return std::string(state_names[static_cast<std::size_t>(state)]);
}

part_state state_of(const std::string& name) {
  for (std::size_t i = 0; i < state_names.size(); ++i) {
    if (state_names[i] == name) return static_cast<part_state>(i);
  }
  throw run_error("a batch part has the unknown state " + name +
                  "; the ledger is of a newer batchmill");
}

template <class Number>
Number number_of(const std::string& text) {
  return static_cast<Number>(std::strtoll(text.c_str(), nullptr, 10));
}

std::vector<std::string> to_columns(const batch_part& p) {
  return {std::to_string(p.number),
          name_of(p.state),
          p.endpoint,
          p.model,
          std::to_string(p.attempt),
          std::to_string(p.requests),
          std::to_string(p.bytes),
          std::to_string(p.tokens),
          p.file_name,
          p.input_file_id,
          std::to_string(p.creation),
          p.batch_id,
          p.status,
          p.output_file_id,
          p.error_file_id,
          std::to_string(p.answered),
          std::to_string(p.refused),
          std::to_string(p.created_at),
          std::to_string(p.expires_at),
          p.giving_up ? "1" : "0",
          std::to_string(p.most_cost),
          std::to_string(p.counted_cost)};
}

batch_part to_part(const std::vector<std::string>& c) {
  batch_part p;
  p.number = number_of<std::uint64_t>(c[0]);
  p.state = state_of(c[1]);
  p.endpoint = c[2];
  p.model = c[3];
  p.attempt = number_of<unsigned>(c[4]);
  p.requests = number_of<std::uint64_t>(c[5]);
  p.bytes = number_of<std::uint64_t>(c[6]);
  p.tokens = number_of<std::int64_t>(c[7]);
  p.file_name = c[8];
  p.input_file_id = c[9];
  p.creation = number_of<unsigned>(c[10]);
  p.batch_id = c[11];
  p.status = c[12];
  p.output_file_id = c[13];
  p.error_file_id = c[14];
  p.answered = number_of<std::uint64_t>(c[15]);
  p.refused = number_of<std::uint64_t>(c[16]);
  p.created_at = number_of<std::int64_t>(c[17]);
  p.expires_at = number_of<std::int64_t>(c[18]);
  p.giving_up = c[19] == "1";
  p.most_cost = number_of<std::int64_t>(c[20]);
  p.counted_cost = number_of<std::int64_t>(c[21]);
  return p;
}

std::unique_ptr<database> open_book(const std::string& path) {
  std::error_code refused;
  fs::create_directories(fs::path(path).parent_path(), refused);
  if (refused) throw run_error("cannot make " + path + ": " + refused.message());
  auto db = std::make_unique<database>(path, database::access::write);
  db->execute(schema);
  return db;
}

std::vector<batch_part> parts_in(database& db) {
  std::vector<batch_part> parts;
  db.query(select_parts, [&](const auto& columns) { parts.push_back(to_part(columns)); });
  return parts;
}

std::string fact_in(database& db, const std::string& key) {
  std::string value;
  db.query("SELECT key, value FROM fact", [&](const auto& columns) {
    if (columns[0] == key) value = columns[1];
  });
  return value;
}

}  // namespace

part_book::part_book(const std::string& path) : db_(open_book(path)) {}

std::vector<batch_part> part_book::load() const {
  return parts_in(*db_);
}

void part_book::save(std::initializer_list<const batch_part*> parts) {
  db_->execute("BEGIN IMMEDIATE");
  for (const batch_part* p : parts) db_->execute(insert_part, to_columns(*p));
  db_->execute("COMMIT");
}

std::string part_book::fact(const std::string& key) const {
  return fact_in(*db_, key);
}

void part_book::set_fact(const std::string& key, const std::string& value) {
  db_->execute("INSERT OR REPLACE INTO fact VALUES (?,?)", {key, value});
}

std::vector<batch_part> look_at_parts(const std::string& book_path) {
  if (!fs::exists(book_path)) return {};
  database db(book_path, database::access::read);
  return parts_in(db);
}

std::string look_at_fact(const std::string& book_path, const std::string& key) {
  if (!fs::exists(book_path)) return {};
  database db(book_path, database::access::read);
  return fact_in(db, key);
}

}  // namespace batchmill
