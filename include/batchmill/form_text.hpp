// Writes the body of a multipart form (RFC 7578), with files that stay on disk. Header-only, so
// that jobs/ and runner/ share it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "batchmill/http.hpp"

namespace batchmill {

/// As browsers write names: quotes and line breaks would end them.
inline std::string quoted_form_name(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"') {
      out += "%22";
    } else if (c == '\r') {
      out += "%0D";
    } else if (c == '\n') {
      out += "%0A";
    } else {
      out += c;
    }
  }
  return out + '"';
}

class form_text {
 public:
  /// `boundary` must not occur in any of the fields.
  explicit form_text(std::string boundary) : boundary_(std::move(boundary)) {}

  void add_text(std::string_view name, std::string_view value) {
    begin_part(name).append("\r\n\r\n").append(value).append("\r\n");
  }

  /// `file.at` is set here.
  void add_file(std::string_view name, std::string_view filename, std::string_view type,
                upload file) {
    begin_part(name).append("; filename=").append(quoted_form_name(filename));
    body_.append("\r\nContent-Type: ").append(type).append("\r\n\r\n");
    file.at = body_.size();
    uploads_.push_back(std::move(file));
    body_ += "\r\n";
  }

  /// Puts the form into a request.
  void finish(http_request& request) && {
    body_ += "--" + boundary_ + "--\r\n";
    request.body = std::move(body_);
    request.uploads = std::move(uploads_);
    request.content_type = "multipart/form-data; boundary=" + boundary_;
  }

 private:
  std::string& begin_part(std::string_view name) {
    body_.append("--").append(boundary_).append("\r\nContent-Disposition: form-data; name=");
    return body_.append(quoted_form_name(name));
  }

  std::string boundary_;
  std::string body_;
  std::vector<upload> uploads_;
};

}  // namespace batchmill
