// Bodies of forms for tests.
#pragma once

#include <string>
#include <string_view>

namespace batchmill::testing {

class form_body {
 public:
  explicit form_body(std::string boundary = "----x1") : boundary_(std::move(boundary)) {}

  form_body& field(std::string_view name, std::string_view value) {
    return part("name=\"" + std::string(name) + "\"", "", value);
  }

  form_body& file(std::string_view name, std::string_view filename, std::string_view content) {
    return part("name=\"" + std::string(name) + "\"; filename=\"" + std::string(filename) + "\"",
                "Content-Type: application/octet-stream\r\n", content);
  }

  std::string text() const { return body_ + "--" + boundary_ + "--\r\n"; }
  std::string content_type() const { return "multipart/form-data; boundary=" + boundary_; }

 private:
  form_body& part(const std::string& disposition, std::string_view headers,
                  std::string_view content) {
    body_.append("--").append(boundary_).append("\r\nContent-Disposition: form-data; ");
    body_.append(disposition).append("\r\n").append(headers).append("\r\n").append(content);
    body_.append("\r\n");
    return *this;
  }

  std::string boundary_;
  std::string body_;
};

}  // namespace batchmill::testing
