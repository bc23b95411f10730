// YAML text into a tree of located values; yaml-cpp's complaints into sentences of ours.
#include "runner/spec/yaml_tree.hpp"

#include <fmt/format.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>

#include "runner/spec/tree_builder.hpp"

namespace batchmill::spec {

namespace {

struct translation {
  std::string_view theirs;  // what the library's message contains
  std::string_view ours;
};

constexpr std::array translations{
    translation{"illegal tab", "a tab stands in the indentation; use spaces"},
    translation{"illegal map value",
                "a `:` is not expected here; check the indentation and the space after each `:`, "
                "or put the text in quotes"},
    translation{"illegal map key", "a `?` is not expected here; put the text in quotes"},
    translation{
        "illegal block entry",
        "a `-` is not expected here; begin the list on its own line, or put the text in quotes"},
    translation{"illegal flow end",
                "a `]` or `}` closes nothing here; remove it or put the text in quotes"},
    translation{"end of sequence flow", "a `[` is not closed before here; add the `]`"},
    translation{"end of map flow", "a `{` is not closed before here; add the `}`"},
    translation{"end of sequence",
                "this line does not belong to the list above it; check its indentation"},
    translation{"end of map",
                "this line does not belong to the mapping above it; check its indentation"},
    translation{"EOF in scalar", "a quote is not closed; add the closing quote"},
    translation{"unknown escape",
                "a backslash begins an unknown escape; write \\\\ for a backslash, or use single "
                "quotes"},
    translation{"invalid unicode",
                "this escape is no character; write the character itself or \\U with eight digits"},
    translation{"bad character found while scanning hex",
                "this escape needs hexadecimal digits; write \\\\ for a backslash"},
    translation{"referenced anchor",
                "this alias names no anchor; put quotes around text that begins with `*`"},
    translation{"alias", "an alias needs a name; put quotes around text that begins with `*`"},
    translation{"anchor", "an anchor needs a name; put quotes around text that begins with `&`"},
    translation{"character in block scalar",
                "nothing may follow the `|` or `>` in its line; put the text into the lines below"},
    translation{"unknown token", "text cannot begin with this character; put the text in quotes"},
};

std::string translate(const std::string& message) {
  const auto known = std::find_if(translations.begin(), translations.end(), [&](const auto& t) {
    return message.find(t.theirs) != std::string::npos;
  });
  if (known != translations.end()) return std::string(known->ours);
  return fmt::format("this is not valid YAML ({}); correct it", message);
}

[[noreturn]] void refuse(const YAML::Exception& error, const tree_builder& tree,
                         const yaml_text& text) {
  const auto& mark = error.mark;
  if (const auto quote = tree.open_quote())
    fail(*quote, "this quote is not closed; add the closing quote");
  const auto indentation = text.indentation(mark.line);
  if (const auto tab = indentation.find('\t'); tab != std::string_view::npos)
    fail(text.at(mark.line, static_cast<int>(tab)), translations[0].ours);
  fail(text.at(mark.line, mark.column), translate(error.msg));
}

}  // namespace

std::optional<node> parse_yaml(const yaml_text& text) {
  std::istringstream stream(text.text());
  tree_builder tree(text);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(tree)) {
    }
  } catch (const YAML::Exception& error) {
    refuse(error, tree, text);
  }
  if (const auto quote = tree.open_quote())
    fail(*quote, "this quote is not closed; add the closing quote");
  return tree.take_root();
}

}  // namespace batchmill::spec
