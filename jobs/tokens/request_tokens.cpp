#include "jobs/tokens/request_tokens.hpp"

#include <algorithm>

#include "batchmill/json_walk.hpp"
#include "batchmill/tokens.hpp"
#include "jobs/tokens/image_tokens.hpp"
#include "jobs/tokens/model_tokens.hpp"
#include "jobs/tokens/tool_tokens.hpp"

namespace batchmill::tokens {

namespace {

using json::key_is;
using json::kind;
using json::kind_of;

// Bytes of a file for which one token is reserved; only the server knows what it reads in it.
constexpr std::size_t bytes_per_token = 4;

/// Walks over a body and adds up.
class prompt_counter {
 public:
  explicit prompt_counter(const model_tokens& model) : model_(model), texts_(*model.encoding) {}

  /// Looks at each byte once: most of a body are its messages.
  std::int64_t messages(std::string_view body) {
    const char* const end = body.data() + body.size();
    const char* const begin = json::detail::skip_space(body.data(), end);
    json::walk_members(begin, end, [&](std::string_view key, const char* p) {
      if (key_is(key, "messages")) {
        return json::walk_elements(p, end, [&](const char* m) { return message(m, end); });
      }
      const char* const behind = json::behind_value(p, end);
      beside_messages(key, std::string_view(p, behind));
      return behind;
    });
    return count_ + model_.around.reply;
  }

  std::int64_t one_message(std::string_view m) {
    const char* const end = m.data() + m.size();
    message(json::detail::skip_space(m.data(), end), end);
    return count_;
  }

  std::int64_t items(std::string_view body) {
    json::for_each_member(body, [&](std::string_view key, std::string_view value) {
      if (key_is(key, "instructions") && kind_of(value) == kind::string) {
        said_by("system", value);
      } else if (key_is(key, "input")) {
        input(value);
      } else if (key_is(key, "tools")) {
        count_ += tool_tokens(value, texts_, model_.around);
      } else if (key_is(key, "text")) {
        count_ += schema_tokens(json::member(value, "format").value_or(""), texts_);
      }
      return true;
    });
    return count_ + model_.around.reply;
  }

  std::int64_t texts(std::string_view body) {
    json::for_each_member(body, [&](std::string_view key, std::string_view value) {
      if (key_is(key, "input") || key_is(key, "prompt") || key_is(key, "suffix")) list(value);
      return true;
    });
    return std::max<std::int64_t>(count_, 1);  // without a prompt a document begins
  }

  /// A text, a list of tokens, or a list of either or of parts.
  std::int64_t list(std::string_view value) {
    switch (kind_of(value)) {
      case kind::string:
        count_ += value.size() == 2 ? 1 : texts_.count(value);  // an empty one counts as one
        break;
      case kind::number:
        ++count_;
        break;
      case kind::object:
        part(value);
        break;
      case kind::array:
        json::for_each_element(value, [&](std::string_view element) {
          list(element);
          return true;
        });
        break;
      default:
        break;
    }
    return count_;
  }

  /// Is no part of the count a guess?
  bool exact() const { return model_.known && !guessed_; }

 private:
  void said_by(std::string_view role, std::string_view text) {
    count_ += model_.around.message + texts_.count_plain(role) + texts_.count(text);
  }

  void beside_messages(std::string_view key, std::string_view value) {
    if (key_is(key, "tools") || key_is(key, "functions")) {
      guess(tool_tokens(value, texts_, model_.around));
    } else if (key_is(key, "response_format")) {
      if (const auto schema = schema_tokens(value, texts_); schema > 0) guess(schema);
    } else if (key_is(key, "prediction") || key_is(key, "web_search_options") ||
               key_is(key, "audio") || key_is(key, "modalities")) {
      guess(0);
    }
  }

  /// Returns the place behind the message that begins at `m`.
  const char* message(const char* m, const char* end) {
    count_ += model_.around.message;
    return json::walk_members(m, end, [&](std::string_view key, const char* p) {
      const char* const behind = json::behind_value(p, end);
      in_message(key, std::string_view(p, behind));
      return behind;
    });
  }

  void in_message(std::string_view key, std::string_view value) {
    if (key_is(key, "name")) count_ += model_.around.name;
    if (kind_of(value) == kind::string) {
      count_ += texts_.count(value);
    } else if (key_is(key, "content")) {
      parts(value);
    } else if (key_is(key, "tool_calls") || key_is(key, "function_call")) {
      guess(0);
      calls(value);
    } else if (key_is(key, "audio") && kind_of(value) != kind::null) {
      guess(0);
    }
  }

  void input(std::string_view value) {
    if (kind_of(value) == kind::string) return said_by("user", value);
    json::for_each_element(value, [&](std::string_view item) {
      const auto role = json::member(item, "role");
      if (role) {
        count_ += model_.around.message + texts_.count(*role);
        const std::string_view content = json::member(item, "content").value_or("");
        if (kind_of(content) == kind::string) {
          count_ += texts_.count(content);
        } else {
          parts(content);
        }
      } else {
        count_ += model_.around.message;
        calls(item);
      }
      return true;
    });
  }

  void parts(std::string_view content) {
    json::for_each_element(content, [&](std::string_view p) {
      part(p);
      return true;
    });
  }

  /// Of a message: text, image, file or sound.
  void part(std::string_view p) {
    bool low = false;
    std::string_view image;
    json::for_each_member(p, [&](std::string_view key, std::string_view value) {
      if (key_is(key, "text") || key_is(key, "refusal")) {
        count_ += texts_.count(value);
      } else if (key_is(key, "image_url")) {
        image = value;
      } else if (key_is(key, "detail")) {
        low = value == R"("low")";
      } else if (key_is(key, "file") || key_is(key, "file_data") || key_is(key, "input_audio")) {
        guess(static_cast<std::int64_t>(value.size() / bytes_per_token));
      }
      return true;
    });
    if (kind_of(image) == kind::object) {
      low = json::member(image, "detail") == R"("low")";
      image = json::member(image, "url").value_or("");
    }
    if (kind_of(image) != kind::string) return;
    const std::string_view url = image.substr(1, image.size() - 2);
    const bool is_plain = url.find('\\') == std::string_view::npos;
    guess(image_tokens_of_url(model_.model, is_plain ? url : *json::unquote(image), low));
  }

  /// The names, arguments and results of calls, whatever is around them.
  void calls(std::string_view value) {
    const auto inner = [&](std::string_view v) {
      calls(v);
      return true;
    };
    if (kind_of(value) == kind::array) return json::for_each_element(value, inner);
    json::for_each_member(value, [&](std::string_view key, std::string_view v) {
      if (kind_of(v) == kind::object || kind_of(v) == kind::array) {
        calls(v);
      } else if (key_is(key, "name") || key_is(key, "arguments") || key_is(key, "output") ||
                 key_is(key, "text")) {
        count_ += texts_.count(v);
      }
      return true;
    });
  }

  void guess(std::int64_t tokens) {
    count_ += tokens;
    guessed_ = true;
  }

  const model_tokens& model_;
  text_counter texts_;
  std::int64_t count_ = 0;
  bool guessed_ = false;
};

}  // namespace

prompt_shape shape_of_endpoint(std::string_view endpoint) {
  endpoint = endpoint.substr(0, endpoint.find('?'));
  if (endpoint.ends_with("/chat/completions")) return prompt_shape::messages;
  if (endpoint.ends_with("/responses")) return prompt_shape::items;
  for (const char* name : {"/completions", "/embeddings", "/moderations"}) {
    if (endpoint.ends_with(name)) return prompt_shape::texts;
  }
  return prompt_shape::unknown;
}

bool is_counted_as_recorded(prompt_shape shape, std::string_view model) {
  if (shape == prompt_shape::unknown) return false;
  // They are not shown all of the prompt.
  if (model.find("search") != std::string_view::npos && shape != prompt_shape::texts) return false;
  if (model.starts_with("o1-mini")) return false;  // recorded once, with a frame of its own
  // Recorded by one project only, always 18 tokens above the count.
  return shape != prompt_shape::items || !model.starts_with("gpt-4o");
}

std::optional<counted_prompt> count_prompt(prompt_shape shape, std::string_view body,
                                           std::string_view model) {
  if (shape == prompt_shape::unknown) return std::nullopt;
  const model_tokens& known = tokens_of_model(model);
  if (!known.encoding) return std::nullopt;
  prompt_counter counter(known);
  if (shape == prompt_shape::messages) {
    const std::int64_t tokens = counter.messages(body);
    return counted_prompt{tokens, counter.exact()};
  }
  return counted_prompt{shape == prompt_shape::items ? counter.items(body) : counter.texts(body),
                        false};
}

std::optional<std::int64_t> count_input(std::string_view input, std::string_view model) {
  const model_tokens& known = tokens_of_model(model);
  if (!known.encoding) return std::nullopt;
  return prompt_counter(known).list(input);
}

std::int64_t count_message(std::string_view message, const model_tokens& model) {
  return prompt_counter(model).one_message(message);
}

std::int64_t count_tools(std::string_view tools, const model_tokens& model) {
  return tool_tokens(tools, text_counter(*model.encoding), model.around);
}

}  // namespace batchmill::tokens

namespace batchmill {

std::optional<std::int64_t> count_prompt_tokens(std::string_view endpoint, std::string_view body,
                                                std::string_view model) {
  const auto counted = tokens::count_prompt(tokens::shape_of_endpoint(endpoint), body, model);
  return counted ? std::optional(counted->tokens) : std::nullopt;
}

}  // namespace batchmill
