#include "jobs/packing/pieces.hpp"

#include "batchmill/json_text.hpp"
#include "jobs/packing/inputs.hpp"
#include "jobs/tokens/model_tokens.hpp"

namespace batchmill::jobs {
namespace {

/// Null also when the model is not known, and with it the tokens that it has.
const token_encoding* known_encoding(const std::string& model) {
  const tokens::model_tokens& found = tokens::tokens_of_model(model);
  return found.known ? found.encoding : nullptr;
}

// A token is about four letters of English, three of code or digits; elsewhere a character of
// several bytes can be one by itself.
constexpr std::size_t thirds_of_ascii = 1;
constexpr std::size_t thirds_of_others = 3;
constexpr std::size_t longest_word = 200;  // bytes that a piece may be shorter to end at a space

/// Behind the character or escape at `at`; half a pair of escapes is kept with its other half.
std::size_t next_character(std::string_view text, std::size_t at) {
  if (text[at] == '\\') {
    if (text[at + 1] != 'u') return at + 2;
    const bool high = (text[at + 2] | 0x20) == 'd' && text[at + 3] >= '8' &&
                      (text[at + 3] <= '9' || (text[at + 3] | 0x20) <= 'b');
    const bool pair = high && text.substr(at + 6).starts_with("\\u");
    return at + (pair ? 12 : 6);
  }
  for (++at; at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;) ++at;
  return at;
}

std::size_t thirds_of(std::string_view character) {
  if (character.size() == 1 || (character.size() == 2 && character[0] == '\\')) {
    return thirds_of_ascii;
  }
  return thirds_of_others;
}

std::vector<std::string> pieces_of_text(std::string_view text, std::size_t thirds) {
  std::vector<std::string> pieces;
  std::size_t start = 0;
  std::size_t used = 0;
  std::size_t space = 0;  // behind the last one
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t next = next_character(text, at);
    const std::size_t cost = thirds_of(text.substr(at, next - at));
    if (used + cost > thirds && at > start) {
      const bool at_space = space > start && at - space <= longest_word;
      const std::size_t cut = at_space ? space : at;
      pieces.push_back('"' + std::string(text.substr(start, cut - start)) + '"');
      start = at = cut;
      used = 0;
      continue;
    }
    if (text[at] == ' ') space = next;
    used += cost;
    at = next;
  }
  pieces.push_back('"' + std::string(text.substr(start)) + '"');
  return pieces;
}

/// The place behind the last space near the end, or the end.
std::size_t end_of_piece(std::string_view text, std::size_t tokens,
                         const token_encoding& encoding) {
  const std::size_t space = text.rfind(' ');
  if (space == std::string_view::npos || text.size() - space > longest_word) return text.size();
  return encoding.count(text.substr(0, space + 1)) <= tokens ? space + 1 : text.size();
}

/// Cut by counting. A piece is written anew: its escapes may be others than in the row.
std::vector<std::string> counted_pieces(std::string_view raw, std::size_t tokens,
                                        const token_encoding& encoding) {
  const std::string text = json::unquote(raw).value_or("");
  std::string_view rest = text;
  std::string_view piece = encoding.first_tokens(rest, tokens);
  if (piece.size() == rest.size()) return {std::string(raw)};
  std::vector<std::string> pieces;
  while (piece.size() < rest.size()) {
    // A character of more tokens than a piece may have is one nevertheless.
    const std::size_t size =
        piece.empty() ? next_character(rest, 0) : end_of_piece(piece, tokens, encoding);
    pieces.push_back(json::quote(rest.substr(0, size)));
    rest.remove_prefix(size);
    piece = encoding.first_tokens(rest, tokens);
  }
  if (!rest.empty()) pieces.push_back(json::quote(rest));
  return pieces;
}

std::vector<std::string> pieces_of_tokens(std::string_view array, std::size_t most) {
  std::vector<std::string> pieces(1, "[");
  std::size_t held = 0;
  json::for_each_element(array, [&](std::string_view token) {
    if (held == most) {
      pieces.back() += ']';
      pieces.emplace_back("[");
      held = 0;
    }
    if (held++ > 0) pieces.back() += ',';
    pieces.back() += token;
    return true;
  });
  pieces.back() += ']';
  return pieces;
}

}  // namespace

std::vector<std::string> pieces_of(std::string_view raw, std::size_t tokens,
                                   const token_encoding* encoding) {
  if (json::kind_of(raw) == json::kind::array) return pieces_of_tokens(raw, tokens);
  if (encoding) return counted_pieces(raw, tokens, *encoding);
  const std::string_view text = raw.substr(1, raw.size() - 2);
  return pieces_of_text(text, tokens * 3);
}

std::vector<std::string> pieces_of_input(const prepared_request& prepared, std::size_t most) {
  // Bytes are at least as many as tokens: most rows need no closer look.
  if (prepared.inputs.length <= most) return {};
  return pieces_of(inputs_of(prepared), most, known_encoding(prepared.model));
}

void cut_input(prepared_request& prepared, std::size_t tokens) {
  const auto pieces = pieces_of_input(prepared, tokens);
  if (pieces.size() < 2) return;
  std::string joined;
  for (const std::string& piece : pieces) {
    if (!joined.empty()) joined += ',';
    joined += piece;
  }
  replace_inputs(prepared, joined, static_cast<unsigned>(pieces.size()));
  prepared.inputs.note |= in_pieces;
}

}  // namespace batchmill::jobs
