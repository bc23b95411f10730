#include "runner/simulator/files/upload_store.hpp"

#include <utility>

namespace batchmill::simulator_detail {

std::string_view name_of(upload_status status) {
  switch (status) {
    case upload_status::pending:
      return "pending";
    case upload_status::completed:
      return "completed";
    case upload_status::cancelled:
      return "cancelled";
    default:
      return "expired";
  }
}

moment upload::expires() const {
  constexpr double hour = 3600;
  return created + hour;
}

upload& upload_store::add(upload u) {
  u.id = object_id("upload_", ++books.created, seed_);
  u.created = clock_.now();
  auto id = u.id;
  return uploads_.insert_or_assign(std::move(id), std::move(u)).first->second;
}

upload* upload_store::find(std::string_view id) {
  const auto found = uploads_.find(id);
  if (found == uploads_.end()) return nullptr;
  auto& u = found->second;
  if (u.status == upload_status::pending && u.expires() <= clock_.now()) {
    u.status = upload_status::expired;
    u.parts.clear();
  }
  return &u;
}

std::string upload_store::add_part(upload& u, file_content bytes) {
  books.bytes += bytes.size();
  auto id = object_id("part_", ++books.parts, seed_);
  u.parts.insert_or_assign(id, std::move(bytes));
  return id;
}

void write_upload(json_writer& json, const upload& u) {
  json.open_object().key("id").text(u.id).key("object").text("upload");
  json.key("bytes").integer(static_cast<std::int64_t>(u.size));
  write_moment(json, "created_at", u.created);
  json.key("filename").text(u.file.filename).key("purpose").text(u.file.purpose);
  json.key("status").text(name_of(u.status));
  write_moment(json, "expires_at", u.expires());
  json.key("file");
  if (u.status == upload_status::completed)
    write_file(json, u.file);
  else
    json.null();
  json.close_object();
}

}  // namespace batchmill::simulator_detail
