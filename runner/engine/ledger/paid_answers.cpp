#include "runner/engine/ledger/paid_answers.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "batchmill/json_text.hpp"
#include "runner/engine/ledger/disk_file.hpp"

namespace batchmill {
namespace {

std::string text_at(std::string_view object, std::string_view key) {
  return json::unquote(json::member(object, key).value_or("")).value_or("");
}

/// One line each; the last one may be torn.
std::string to_line(std::uint64_t row, const paid_answer& answer) {
  return fmt::format(R"({{"row":{},"hash":"{:016x}","request_id":{},"body":{}}})", row, answer.hash,
                     json::quote(answer.request_id), answer.body) +
         '\n';
}

std::optional<std::uint64_t> hash_at(std::string_view object) {
  const std::string text = text_at(object, "hash");
  std::uint64_t hash = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), hash, 16);
  if (error != std::errc() || text.empty()) return std::nullopt;
  return hash;
}

}  // namespace

paid_answers::paid_answers(std::string path) : path_(std::move(path)) {
  if (path_.empty()) return;
  std::ifstream file(path_, std::ios::binary);
  for (std::string line; std::getline(file, line);) {
    if (json::validate(line)) continue;
    const auto row = json::integer(json::member(line, "row").value_or(""));
    const auto hash = hash_at(line);
    const auto body = json::member(line, "body");
    if (!row || *row < 0 || !hash || !body) continue;
    answers_.insert_or_assign(static_cast<std::uint64_t>(*row),
                              paid_answer(*hash, text_at(line, "request_id"), std::string(*body)));
  }
}

bool paid_answers::keep(std::uint64_t row, const paid_answer& answer) {
  if (path_.empty()) return false;
  try {
    disk_file file(path_, disk_file::mode::own, "paid");
    file.write(to_line(row, answer));
    file.sync();
    sync_folder(std::filesystem::path(path_).parent_path().string());
  } catch (const run_error&) {
    return false;  // the row keeps its answer in the output then, as a failure
  }
  answers_.insert_or_assign(row, answer);
  return true;
}

std::optional<paid_answer> paid_answers::find(std::uint64_t row, std::uint64_t hash) const {
  const auto found = answers_.find(row);
  if (found == answers_.end() || found->second.hash != hash) return std::nullopt;
  return found->second;
}

}  // namespace batchmill
