// batchmill tokens [FILE...]
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "batchmill/error.hpp"
#include "batchmill/tokens.hpp"
#include "runner/cli/commands.hpp"

namespace batchmill::cli {
namespace {

struct tokens_options {
  std::vector<std::string> files;
  std::string model;
  std::string encoding;
  bool ids = false;
};

const token_encoding& encoding_of(const tokens_options& options) {
  std::string name = options.encoding;
  if (name.empty()) name = token_encoding_name(options.model);
  if (name.empty()) {
    throw usage_error(fmt::format(
        "no encoding is known for the model \"{}\"; name one with --encoding", options.model));
  }
  if (const token_encoding* found = find_token_encoding(name)) return *found;
  throw usage_error(
      fmt::format("this program was built without the token table of {}, and there is none in "
                  "tiktoken's cache; build it again where npm can be reached, or set "
                  "TIKTOKEN_CACHE_DIR",
                  name));
}

/// "-" is standard input.
std::string read_all(const std::string& path) {
  const auto close = [](std::FILE* f) {
    if (f != stdin) std::fclose(f);
  };
  const std::unique_ptr<std::FILE, decltype(close)> file(
      path == "-" ? stdin : std::fopen(path.c_str(), "rb"), close);
  if (!file) throw usage_error(fmt::format("{}: {}", path, std::strerror(errno)));
  std::string text;
  constexpr std::size_t block = 1 << 20;
  for (std::size_t got = block; got == block;) {
    const std::size_t before = text.size();
    text.resize(before + block);
    got = std::fread(text.data() + before, 1, block, file.get());
    text.resize(before + got);
  }
  if (std::ferror(file.get())) throw usage_error(path + ": cannot read it");
  return text;
}

void print_ids(const token_encoding& encoding, const std::string& text) {
  std::vector<std::uint32_t> ids;
  encoding.encode(text, ids);
  fmt::print("{}\n", fmt::join(ids, " "));
}

/// Counts in columns, as wc prints them.
void print_counts(const token_encoding& encoding, const std::vector<std::string>& files) {
  std::size_t total = 0;
  for (const std::string& file : files) {
    const std::size_t count = encoding.count(read_all(file));
    total += count;
    fmt::print("{:>9} {}\n", count, file);
  }
  if (files.size() > 1) fmt::print("{:>9} total\n", total);
}

int execute(const tokens_options& options) {
  const token_encoding& encoding = encoding_of(options);
  if (options.files.empty()) {
    const std::string text = read_all("-");
    if (options.ids) {
      print_ids(encoding, text);
    } else {
      fmt::print("{}\n", encoding.count(text));
    }
  } else if (options.ids) {
    for (const std::string& file : options.files) print_ids(encoding, read_all(file));
  } else {
    print_counts(encoding, options.files);
  }
  return exit_code::ok;
}

}  // namespace

void add_tokens(CLI::App& app, int& exit) {
  const auto options = std::make_shared<tokens_options>();
  CLI::App* command = app.add_subcommand("tokens", "Count the tokens of texts, as wc counts words");
  command->add_option("FILE", options->files, "Texts; standard input when there is none, or for -");
  auto* which = command->add_option_group("Encoding");
  which->add_option("--model", options->model, "The model that will read them")->type_name("NAME");
  which->add_option("--encoding", options->encoding, "Its encoding by name")
      ->type_name("NAME")
      ->check(CLI::IsMember({"o200k_base", "o200k_harmony", "cl100k_base", "p50k_base", "p50k_edit",
                             "r50k_base", "gpt2"}));
  which->require_option(1);
  command->add_flag("--ids", options->ids, "Print the tokens themselves, a line for each text");
  command->footer("Counts the text itself. What the API adds around messages is not in it.");
  command->callback([options, &exit] { exit = execute(*options); });
}

}  // namespace batchmill::cli
