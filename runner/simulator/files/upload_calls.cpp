#include "runner/simulator/files/upload_calls.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <unordered_set>
#include <utility>

#include "runner/simulator/checks.hpp"
#include "runner/simulator/files/expiry.hpp"
#include "runner/simulator/files/file_calls.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

constexpr double largest_upload = 8.0 * (1u << 30);
constexpr std::uint64_t largest_part = 64u << 20;
constexpr std::string_view purposes[] = {"assistants", "batch", "fine-tune", "vision", "user_data"};
const parameter upload_rules[] = {{"filename", value_kind::string},
                                  {"purpose", value_kind::string, -unbounded, unbounded, purposes},
                                  {"bytes", value_kind::integer, 1, largest_upload},
                                  {"mime_type", value_kind::string}};
const parameter complete_rules[] = {{"part_ids", value_kind::array}, {"md5", value_kind::string}};

api_error not_pending(const upload& u) {
  return {400, fmt::format("Upload '{}' has the status '{}' and takes no changes any more.", u.id,
                           name_of(u.status))};
}

// The upload that is meant, if it can be worked on.
boost::system::result<upload*, api_error> pending(const call& c, upload_store& uploads) {
  auto* u = uploads.find(c.id);
  if (!u) return no_such_object("Upload", c.id);
  if (u->status != upload_status::pending) return not_pending(*u);
  return u;
}

admission show(const upload& u) {
  return answer_with([&u] {
    reply r;
    json_writer json(r.body, json_layout::pretty);
    write_upload(json, u);
    return r;
  });
}

// The parts in the order of `ids`.
refusal join(const upload& u, const json::array& ids, file_content& whole) {
  std::unordered_set<std::string_view> taken;
  for (const auto& value : ids) {
    if (!value.is_string()) return invalid_type("part_ids", "an array of strings", type_of(value));
    const auto id = view(value.get_string());
    const auto found = u.parts.find(id);
    if (found == u.parts.end())
      return bad_parameter("part_ids", fmt::format("Upload '{}' has no part '{}'.", u.id, id));
    if (!taken.insert(id).second)
      return bad_parameter("part_ids", fmt::format("The part '{}' is named twice.", id));
    whole.append(found->second);
  }
  if (whole.size() == u.size) return {};
  return bad_parameter("part_ids", fmt::format("The parts have {} bytes together, but the upload "
                                               "was announced with {} bytes.",
                                               whole.size(), u.size));
}

refusal check_md5(const json::object& body, const file_content& whole) {
  const auto wanted = string_or(body, "md5", "");
  if (wanted.empty()) return {};
  const auto found = md5_of(whole);
  if (equal_ignoring_case(wanted, found)) return {};
  return bad_parameter("md5", fmt::format("The MD5 of the parts is {}, not {}.", found, wanted));
}

}  // namespace

admission_result create_upload(const call& c, upload_store& uploads) {
  for (const auto& rule : upload_rules)
    if (!find(c.body, rule.name)) return missing_parameter(rule.name);
  if (auto error = check_parameters(c.body, upload_rules)) return *std::move(error);
  upload u;
  u.size = static_cast<std::uint64_t>(integer_or(c.body, "bytes", 0));
  u.file.filename = string_or(c.body, "filename", "");
  u.file.purpose = string_or(c.body, "purpose", "");
  if (auto error = check_file(u.file.purpose, u.file.filename, u.size)) return *std::move(error);
  u.file.lifetime = default_lifetime(u.file.purpose);
  const auto* expiry = find(c.body, "expires_after");
  if (auto error = read_expiry(expiry, "expires_after", u.file.lifetime)) return *std::move(error);
  return answer_with(
      [u = std::move(u), &uploads]() mutable { return show(uploads.add(std::move(u))).answer(); });
}

admission_result add_upload_part(const call& c, upload_store& uploads) {
  const auto found = pending(c, uploads);
  if (found.has_error()) return found.error();
  const form_part* data = nullptr;
  for (const auto& part : c.form.parts)
    if (part.name == "data") data = &part;
  if (!data) return missing_parameter("data");
  const auto size = data->stored ? data->stored->size() : data->content.size();
  if (size > largest_part)
    return bad_parameter("data",
                         fmt::format("The part has {} bytes, but the maximum is 64 MB.", size));
  return answer_with([u = *found, data, &uploads] {
    const auto id = uploads.add_part(*u, take_content(*data));
    reply r;
    json_writer json(r.body, json_layout::pretty);
    json.open_object().key("id").text(id).key("object").text("upload.part");
    write_moment(json, "created_at", uploads.now());
    json.key("upload_id").text(u->id).close_object();
    return r;
  });
}

admission_result complete_upload(const call& c, upload_store& uploads, file_store& files) {
  const auto found = pending(c, uploads);
  if (found.has_error()) return found.error();
  const auto* ids = find(c.body, "part_ids");
  if (!ids) return missing_parameter("part_ids");
  if (auto error = check_parameters(c.body, complete_rules)) return *std::move(error);
  file_content whole;
  if (auto error = join(**found, ids->get_array(), whole)) return *std::move(error);
  if (auto error = check_md5(c.body, whole)) return *std::move(error);
  return answer_with([u = *found, whole = std::move(whole), &uploads, &files] {
    u->file.content = whole;
    u->file = files.upload(u->file);
    u->status = upload_status::completed;
    u->parts.clear();
    ++uploads.books.completed;
    auto r = show(*u).answer();
    u->file.content = {};  // it lasts as long as the file, not as the upload
    return r;
  });
}

admission_result cancel_upload(const call& c, upload_store& uploads) {
  const auto found = pending(c, uploads);
  if (found.has_error()) return found.error();
  return answer_with([u = *found, &uploads] {
    u->status = upload_status::cancelled;
    u->parts.clear();
    ++uploads.books.cancelled;
    return show(*u).answer();
  });
}

}  // namespace batchmill::simulator_detail
