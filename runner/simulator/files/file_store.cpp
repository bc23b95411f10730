#include "runner/simulator/files/file_store.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "runner/simulator/dice.hpp"

namespace batchmill::simulator_detail {

const stored_file& file_store::add(stored_file file) {
  file.id = object_id("file-", ++added_, seed_);
  if (file.created == 0) file.created = clock_.now();
  auto id = file.id;
  return files_.insert_or_assign(std::move(id), std::move(file)).first->second;
}

const stored_file& file_store::upload(stored_file file) {
  ++books.uploaded;
  books.bytes += file.content.size();
  if (!uploaded_.insert(hash_of(file.content)).second) ++books.repeated;
  return add(std::move(file));
}

const stored_file* file_store::find(std::string_view id) {
  const auto& files = all();
  const auto found = files.find(id);
  return found == files.end() ? nullptr : &found->second;
}

void file_store::remove(std::string_view id) {
  const auto found = files_.find(id);
  if (found == files_.end()) return;
  files_.erase(found);
  ++books.deleted;
}

const file_store::files& file_store::all() {
  std::erase_if(files_, [&](const auto& entry) {
    const auto& file = entry.second;
    return file.lifetime > 0 && file.expires() <= clock_.now();
  });
  return files_;
}

std::string object_id(std::string_view prefix, std::uint64_t number, std::uint64_t seed) {
  return fmt::format("{}{:08x}{:014x}", prefix, number,
                     hash_pair(seed, hash_text(prefix, number)) >> 8);
}

void write_moment(json_writer& json, std::string_view name, moment m) {
  json.key(name);
  if (m == 0)
    json.null();
  else
    json.integer(static_cast<std::int64_t>(std::floor(m)));
}

void write_file(json_writer& json, const stored_file& file) {
  json.open_object().key("object").text("file").key("id").text(file.id);
  json.key("purpose").text(file.purpose).key("filename").text(file.filename);
  json.key("bytes").integer(static_cast<std::int64_t>(file.content.size()));
  write_moment(json, "created_at", file.created);
  write_moment(json, "expires_at", file.lifetime > 0 ? file.expires() : 0);
  json.key("status").text("processed").key("status_details").null().close_object();
}

}  // namespace batchmill::simulator_detail
