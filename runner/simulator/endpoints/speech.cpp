#include "runner/simulator/endpoints/speech.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runner/simulator/checks.hpp"
#include "runner/simulator/models.hpp"
#include "runner/simulator/sound.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

using enum value_kind;

constexpr std::int64_t longest_text = 4'096;
constexpr double characters_per_second = 15, shortest = 0.5;
constexpr std::string_view voices[] = {"alloy", "ash",   "ballad", "coral", "echo",
                                       "fable", "onyx",  "nova",   "sage",  "shimmer",
                                       "verse", "marin", "cedar"};
constexpr std::string_view formats[] = {"mp3", "opus", "aac", "flac", "wav", "pcm"};
constexpr std::string_view stream_formats[] = {"audio", "sse"};
const parameter parameters[] = {{"model", string},
                                {"input", string},
                                {"instructions", string},
                                {"voice"},
                                {"response_format", string, -unbounded, unbounded, formats},
                                {"speed", decimal, 0.25, 4},
                                {"stream_format", string, -unbounded, unbounded, stream_formats}};

struct speech_request {
  std::string_view model;
  std::string_view input;
  std::string_view format;
  double seconds = 0;
};

refusal check_voice(const json::object& body) {
  const auto* voice = find(body, "voice");
  if (!voice) return missing_parameter("voice");
  if (voice->is_object()) {
    const auto* id = find(voice->get_object(), "id");
    if (!id) return missing_parameter("voice.id");
    return check_value(*id, {"id", string}, "voice.id");
  }
  return check_value(*voice, {"voice", string, -unbounded, unbounded, voices}, "voice");
}

refusal check_model(const json::object& body, speech_request& request) {
  if (!find(body, "model")) return missing_parameter("model");
  request.model = string_or(body, "model", "");
  const auto facts = find_model(request.model);
  if (!facts) return model_not_found(request.model);
  const bool open = request.model.find('/') != std::string_view::npos;
  if (open || request.model.find("tts") != std::string_view::npos) return {};
  return invalid_value("model",
                       fmt::format("Invalid value: '{}'. The model must be a speech model, "
                                   "such as 'tts-1'.",
                                   request.model));
}

refusal check_instructions(const json::object& body, const speech_request& request) {
  const auto* instructions = find(body, "instructions");
  if (!instructions) return {};
  if (request.model.starts_with("tts-1"))
    return bad_parameter("instructions",
                         "Unsupported parameter: 'instructions' is not supported with this model.",
                         "unsupported_parameter");
  if (instructions->get_string().empty()) return {};
  return check_length("instructions", view(instructions->get_string()), longest_text);
}

// What the API knows and the simulator does not play; to ignore it would be the worst answer.
refusal refuse_unplayed(const json::object& body, const speech_request& request) {
  const auto refuse = [](std::string_view name, std::string_view value) {
    return bad_parameter(name,
                         fmt::format("Unsupported value: '{}' does not support '{}' with "
                                     "this simulator.",
                                     name, value),
                         "unsupported_value");
  };
  for (const std::string_view format : {"opus", "aac", "flac"})
    if (request.format == format) return refuse("response_format", format);
  if (string_or(body, "stream_format", "audio") == "sse") return refuse("stream_format", "sse");
  return {};
}

refusal check(const json::object& body, speech_request& request) {
  if (auto error = refuse_first_unknown(body, parameters)) return error;
  if (auto error = check_parameters(body, parameters)) return error;
  if (auto error = check_model(body, request)) return error;
  if (!find(body, "input")) return missing_parameter("input");
  request.input = string_or(body, "input", "");
  if (auto error = check_length("input", request.input, longest_text)) return error;
  if (auto error = check_voice(body)) return error;
  if (auto error = check_instructions(body, request)) return error;
  request.format = string_or(body, "response_format", "mp3");
  const auto* speed = find(body, "speed");
  request.seconds =
      std::max(shortest, static_cast<double>(count_characters(request.input)) /
                             characters_per_second / (speed ? speed->to_number<double>() : 1));
  return refuse_unplayed(body, request);
}

reply answer(const speech_request& request) {
  reply r;
  r.usage.prompt = r.usage.total = estimate_tokens(request.input);
  if (request.format == "wav") {
    r.content_type = "audio/wav";
    r.body = silent_wav(request.seconds);
  } else if (request.format == "pcm") {
    r.content_type = "audio/pcm";
    r.body = silent_pcm(request.seconds);
  } else {
    r.content_type = "audio/mpeg";
    r.body = silent_mp3(request.seconds);
  }
  return r;
}

}  // namespace

admission_result speech(const call& c) {
  speech_request request;
  if (auto error = check(c.body, request)) return *std::move(error);
  admission a;
  a.model = request.model;
  a.charged_tokens = estimate_tokens(request.input);
  a.answer = [request] { return answer(request); };
  return a;
}

}  // namespace batchmill::simulator_detail
