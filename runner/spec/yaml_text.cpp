// YAML text before it is parsed: what is no text at all is refused here, and places are counted.
#include "runner/spec/yaml_text.hpp"

#include <algorithm>
#include <utility>

#include "runner/spec/utf8.hpp"

namespace batchmill::spec {

yaml_text::yaml_text(std::string text, const std::string& source, bool line_numbers)
    : text_(std::move(text)),
      source_(std::make_shared<const std::string>(source)),
      line_numbers_(line_numbers) {
  if (text_.starts_with("\xef\xbb\xbf")) text_.erase(0, 3);
  for (std::size_t i = 0; i < text_.size(); ++i)
    if (text_[i] == '\n') lines_.push_back(i + 1);
  refuse_what_is_no_text();
}

void yaml_text::refuse_what_is_no_text() const {
  const std::string_view text = text_;
  for (std::size_t i = 0; i < text.size();) {
    const auto length = character_length(text.substr(i));
    if (length == 0) fail(at_offset(i), "this is not UTF-8 text; save it as UTF-8");
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool control = byte < 0x20 || byte == 0x7F;
    if (control && byte != '\t' && byte != '\n' && byte != '\r')
      fail(at_offset(i), "a control character stands here; remove it");
    i += length;
  }
}

place yaml_text::at_offset(std::size_t offset) const {
  if (!line_numbers_) return {source_, {}};
  const auto next = std::upper_bound(lines_.begin(), lines_.end(), offset);
  const auto line = static_cast<std::size_t>(next - lines_.begin());
  const auto before = std::string_view(text_).substr(lines_[line - 1], offset - lines_[line - 1]);
  const auto characters =
      std::count_if(before.begin(), before.end(), [](char c) { return !continues_character(c); });
  return {source_, {static_cast<int>(line), static_cast<int>(characters) + 1}};
}

std::size_t yaml_text::offset(int line, int column) const {
  const auto index = std::min(static_cast<std::size_t>(std::max(line, 0)), lines_.size() - 1);
  return std::min(lines_[index] + static_cast<std::size_t>(std::max(column, 0)), text_.size());
}

place yaml_text::at(int line, int column) const {
  return at_offset(offset(line, column));
}

std::string_view yaml_text::indentation(int line) const {
  const auto rest = std::string_view(text_).substr(offset(line, 0));
  return rest.substr(0, rest.find_first_not_of(" \t"));
}

bool yaml_text::open_quote(std::size_t offset) const {
  const char quote = text_[offset];
  for (auto i = offset + 1; i < text_.size(); ++i) {
    if (quote == '"' && text_[i] == '\\') {
      ++i;
    } else if (text_[i] == quote) {
      const bool doubled = quote == '\'' && i + 1 < text_.size() && text_[i + 1] == quote;
      if (!doubled) return false;
      ++i;
    }
  }
  return true;
}

}  // namespace batchmill::spec
