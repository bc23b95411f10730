#include "runner/simulator/files/file_calls.hpp"

#include <fmt/format.h>

#include <utility>

#include "runner/simulator/checks.hpp"
#include "runner/simulator/files/byte_range.hpp"
#include "runner/simulator/files/expiry.hpp"
#include "runner/simulator/form_fields.hpp"
#include "runner/simulator/query.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

constexpr std::uint64_t megabyte = 1'000'000;
constexpr std::uint64_t largest_file = 512 * (1u << 20), largest_batch_file = 200 * megabyte;
constexpr std::size_t longest_list = 10'000;
constexpr std::string_view purposes[] = {"assistants", "batch",     "fine-tune",
                                         "vision",     "user_data", "evals"};
const parameter purpose_rule{"purpose", value_kind::string, -unbounded, unbounded, purposes};
const parameter seconds_rule[] = {{"seconds", value_kind::integer}};

// Forms write the members of an object with brackets.
json::value expiry_of(const json::object& fields) {
  json::object expiry;
  for (const auto* name : {"anchor", "seconds"})
    if (const auto* value = find(fields, fmt::format("expires_after[{}]", name)))
      expiry[name] = *value;
  if (expiry.empty()) return nullptr;
  return typed_fields(expiry, seconds_rule);
}

const form_part* file_in(const form_data& form, std::string_view name) {
  const auto found = form.files(name);
  return found.empty() ? nullptr : found.front();
}

std::uint64_t size_of(const form_part& part) {
  return part.stored ? part.stored->size() : part.content.size();
}

reply partial(const file_content& content, const byte_range& range, range_verdict verdict) {
  reply r;
  r.content_type = "application/octet-stream";
  r.headers = "accept-ranges: bytes\r\n";
  r.stored.emplace(content, range.begin, range.end - range.begin);
  if (verdict != range_verdict::part) return r;
  r.status = 206;
  r.headers +=
      fmt::format("content-range: bytes {}-{}/{}\r\n", range.begin, range.end - 1, content.size());
  return r;
}

reply download(const file_content& content, std::string_view header, file_books& books,
               std::uint64_t& to_break) {
  byte_range range;
  const auto verdict = read_range(header, content.size(), range);
  auto r = partial(content, range, verdict);
  ++books.downloads;
  books.downloaded_bytes += range.end - range.begin;
  if (to_break == 0) return r;
  --to_break;
  ++books.broken;
  r.how = delivery::truncated;
  return r;
}

}  // namespace

refusal check_file(std::string_view purpose, std::string_view filename, std::uint64_t size) {
  const bool lines = purpose == "batch" || purpose == "fine-tune";
  if (lines && !filename.ends_with(".jsonl"))
    return bad_parameter("file",
                         fmt::format("Invalid file format for {}. Must be .jsonl, but got '{}'.",
                                     purpose == "batch" ? "Batch API" : "fine-tuning", filename));
  if (purpose != "batch" || size <= largest_batch_file) return {};
  return bad_parameter("file", fmt::format("File is too large for the Batch API: {} bytes. The "
                                           "maximum is 200 MB ({} bytes).",
                                           size, largest_batch_file));
}

double default_lifetime(std::string_view purpose) {
  return purpose == "batch" ? thirty_days : 0;
}

api_error no_such_object(std::string_view kind, std::string_view id) {
  return {404, fmt::format("No such {} object: {}", kind, id), "id"};
}

admission answer_with(std::function<reply()> make) {
  admission a;
  a.answer = std::move(make);
  return a;
}

file_content take_content(const form_part& part) {
  return part.stored ? *part.stored : file_content::of(part.content);
}

admission_result create_file(const call& c, file_store& files) {
  const auto* purpose = find(c.body, "purpose");
  if (!purpose) return missing_parameter("purpose");
  if (auto error = check_value(*purpose, purpose_rule, "purpose")) return *std::move(error);
  const auto* part = file_in(c.form, "file");
  if (!part || part->filename.empty()) return missing_parameter("file");
  stored_file file;
  file.filename = part->filename;
  file.purpose = view(purpose->get_string());
  const auto size = size_of(*part);
  if (size > largest_file)
    return api_error{413, fmt::format("The file has {} bytes, but the maximum is 512 MB.", size)};
  if (auto error = check_file(file.purpose, file.filename, size)) return *std::move(error);
  file.lifetime = default_lifetime(file.purpose);
  const auto expiry = expiry_of(c.body);
  if (auto error =
          read_expiry(expiry.is_null() ? nullptr : &expiry, "expires_after", file.lifetime))
    return *std::move(error);
  return answer_with([file = std::move(file), part, &files]() mutable {
    file.content = take_content(*part);
    reply r;
    json_writer json(r.body, json_layout::pretty);
    write_file(json, files.upload(std::move(file)));
    return r;
  });
}

admission_result list_files(const call& c, file_store& files) {
  const query q(c.request.target);
  page_request wanted;
  wanted.limit = longest_list;
  if (auto error = read_page(q, longest_list, true, wanted)) return *std::move(error);
  return answer_with([wanted, purpose = q.find("purpose"), &files] {
    reply r;
    const auto page = take_page(files.all(), wanted, [&](const stored_file& file) {
      return !purpose || file.purpose == *purpose;
    });
    r.body = list_json(page, write_file);
    return r;
  });
}

admission_result show_file(const call& c, file_store& files) {
  const auto* file = files.find(c.id);
  if (!file) return no_such_object("File", c.id);
  return answer_with([file] {
    reply r;
    json_writer json(r.body, json_layout::pretty);
    write_file(json, *file);
    return r;
  });
}

admission_result delete_file(const call& c, file_store& files) {
  if (!files.find(c.id)) return no_such_object("File", c.id);
  return answer_with([&files, id = c.id] {
    files.remove(id);
    reply r;
    json_writer json(r.body, json_layout::pretty);
    json.open_object().key("object").text("file").key("deleted").boolean(true);
    json.key("id").text(id).close_object();
    return r;
  });
}

admission_result file_content_of(const call& c, file_store& files, std::uint64_t& to_break) {
  const auto* file = files.find(c.id);
  if (!file) return no_such_object("File", c.id);
  const auto header = c.request.header("range");
  byte_range range;
  const auto size = file->content.size();
  if (read_range(header, size, range) == range_verdict::unsatisfiable) {
    api_error error{416, "The requested range lies behind the end of the file."};
    error.headers = fmt::format("content-range: bytes */{}\r\n", size);
    return error;
  }
  return answer_with([file, header, &files, &to_break] {
    return download(file->content, header, files.books, to_break);
  });
}

}  // namespace batchmill::simulator_detail
