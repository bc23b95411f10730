#include "runner/engine/ledger/identity.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "batchmill/error.hpp"
#include "runner/engine/ledger/crash_point.hpp"
#include "runner/engine/ledger/database.hpp"
#include "runner/engine/ledger/request_hash.hpp"

namespace batchmill {
namespace fs = std::filesystem;
namespace {

constexpr const char* format_version = "1";

constexpr const char* schema =
    "CREATE TABLE IF NOT EXISTS run (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS input (place INTEGER PRIMARY KEY, path TEXT NOT NULL,"
    " size INTEGER NOT NULL);";

const char* name_of(output_format format) {
  switch (format) {
    case output_format::text:
      return "text";
    case output_format::full:
      return "full";
    case output_format::vectors:
      return "vectors";
    case output_format::npy:
      return "npy";
    case output_format::batch:
      break;
  }
  return "batch";
}

output_format format_of(const std::string& name) {
  if (name == "text") return output_format::text;
  if (name == "vectors") return output_format::vectors;
  if (name == "npy") return output_format::npy;
  return name == "full" ? output_format::full : output_format::batch;
}

std::string now_text() {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

/// A random (version 4) UUID.
std::string new_run_id() {
  std::random_device random;
  const std::uint32_t a = random();
  const std::uint32_t b = random();
  const std::uint32_t c = random();
  const std::uint32_t d = random();
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:04x}{:08x}", a, b >> 16, b & 0xfff,
                     0x8000 | (c >> 16 & 0x3fff), c & 0xffff, d);
}

/// "endpoint=0123456789abcdef model=...": so that it can be told which one changed.
std::string fingerprint_of(const job_spec& spec) {
  std::string all;
  for (const auto& [key, text] :
       {std::pair("endpoint", &spec.endpoint), std::pair("model", &spec.model),
        std::pair("template", &spec.body_template.text),
        std::pair("parameters", &spec.parameters.text), std::pair("input.id", &spec.input.id)}) {
    all += fmt::format("{}{}={:016x}", all.empty() ? "" : " ", key,
                       request_hash(http_request("", key, *text)));
  }
  return all;
}

std::set<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

std::map<std::string, std::string> to_values(const run_identity& identity) {
  return {
      {"format_version", format_version},
      {"run_id", identity.run_id},
      {"spec_name", identity.spec_name},
      {"fingerprint", identity.fingerprint},
      {"output_format", name_of(identity.format)},
      {"started", identity.started},
      {"resumed", identity.resumed},
      {"finished", identity.finished ? "1" : "0"},
      {"generation", std::to_string(identity.generation)},
      {"moving", identity.moving ? "1" : "0"},
      {"drop_failed", identity.drop_failed ? "1" : "0"},
  };
}

run_identity from_values(std::map<std::string, std::string> values) {
  run_identity identity;
  identity.run_id = values["run_id"];
  identity.spec_name = values["spec_name"];
  identity.fingerprint = values["fingerprint"];
  identity.format = format_of(values["output_format"]);
  identity.started = values["started"];
  identity.resumed = values["resumed"];
  identity.finished = values["finished"] == "1";
  identity.generation =
      static_cast<unsigned>(std::strtoul(values["generation"].c_str(), nullptr, 10));
  identity.moving = values["moving"] == "1";
  identity.drop_failed = values["drop_failed"] == "1";
  return identity;
}

void write_into(database& db, const run_identity& identity) {
  db.execute(schema);
  db.execute("BEGIN IMMEDIATE");
  db.execute("DELETE FROM run");
  db.execute("DELETE FROM input");
  for (const auto& [key, value] : to_values(identity)) {
    db.execute("INSERT INTO run VALUES (?, ?)", {key, value});
  }
  for (const input_file& input : identity.inputs) {
    db.execute("INSERT INTO input (path, size) VALUES (?, ?)",
               {input.path, std::to_string(input.size)});
  }
  crash_point("identity", "commit.before");
  db.execute("COMMIT");
  crash_point("identity", "commit.after");
}

}  // namespace

std::optional<run_identity> read_identity(const std::string& path, bool repair) {
  if (!fs::exists(path)) return std::nullopt;
  try {
    database db(path, repair ? database::access::write : database::access::read);
    std::map<std::string, std::string> values;
    db.query("SELECT key, value FROM run", [&](const std::vector<std::string>& columns) {
      values.emplace(columns[0], columns[1]);
    });
    if (values["format_version"] != format_version) return std::nullopt;
    run_identity identity = from_values(std::move(values));
    db.query("SELECT path, size FROM input ORDER BY place", [&](const auto& columns) {
      identity.inputs.emplace_back(columns[0], std::stoull(columns[1]));
    });
    return identity;
  } catch (const run_error&) {
    return std::nullopt;
  }
}

void write_identity(const std::string& path, const run_identity& identity) {
  if (fs::exists(path) && !read_identity(path, true)) {
    std::error_code ignored;
    fs::remove(path, ignored);
    fs::remove(path + "-journal", ignored);
  }
  database db(path, database::access::write);
  write_into(db, identity);
}

run_identity new_identity(const job_spec& spec, const std::vector<std::string>& inputs) {
  run_identity identity;
  identity.run_id = new_run_id();
  identity.spec_name = spec.name;
  identity.fingerprint = fingerprint_of(spec);
  identity.format = spec.output.format;
  identity.started = identity.resumed = now_text();
  for (const std::string& path : inputs) {
    std::error_code none;
    const auto size = path == "-" ? 0 : fs::file_size(path, none);
    identity.inputs.emplace_back(path == "-" ? path : fs::absolute(path).string(), none ? 0 : size);
  }
  return identity;
}

std::string changed_keys(const run_identity& before, const run_identity& now) {
  const std::set<std::string> known = words_of(before.fingerprint);
  std::string keys;
  for (const std::string& word : words_of(now.fingerprint)) {
    if (known.contains(word)) continue;
    keys += fmt::format("{}`{}`", keys.empty() ? "" : ", ", word.substr(0, word.find('=')));
  }
  return keys;
}

}  // namespace batchmill
