#include "runner/simulator/transcription_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>

#include "runner/simulator/checks.hpp"
#include "runner/simulator/form_fields.hpp"
#include "runner/simulator/models.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace json = boost::json;

namespace {

using enum value_kind;

constexpr std::size_t largest_file = 25u << 20;
constexpr std::string_view suffixes[] = {"flac", "m4a", "mp3", "mp4", "mpeg",
                                         "mpga", "oga", "ogg", "wav", "webm"};
constexpr std::string_view formats[] = {"json", "text", "srt", "verbose_json", "vtt"};
constexpr std::string_view granularities[] = {"word", "segment"};
const parameter parameters[] = {{"model", string},
                                {"prompt", string},
                                {"response_format", string, -unbounded, unbounded, formats},
                                {"temperature", decimal, 0, 1},
                                {"language", string},
                                {"timestamp_granularities", array},
                                {"include", array},
                                {"stream", boolean},
                                {"chunking_strategy"},
                                {"languages", array},
                                {"keywords", array}};
constexpr std::size_t of_translations = 4;  // the first ones

refusal check_suffix(std::string_view filename) {
  const auto dot = filename.rfind('.');
  const auto suffix = dot == std::string_view::npos ? "" : filename.substr(dot + 1);
  if (std::any_of(std::begin(suffixes), std::end(suffixes),
                  [&](auto known) { return equal_ignoring_case(suffix, known); }))
    return {};
  return bad_parameter("file", fmt::format("Unrecognized file format. Supported formats: ['{}']",
                                           fmt::join(suffixes, "', '")));
}

refusal check_file(const call& c, transcription_request& request) {
  const auto files = c.form.files("file");
  if (files.empty()) return missing_parameter("file");
  request.file = files.front()->content;
  if (request.file.size() > largest_file) {
    api_error error(413,
                    fmt::format("413: Maximum content size limit ({}) exceeded ({} bytes read)",
                                largest_file, request.file.size()));
    error.type = "server_error";
    return error;
  }
  if (auto error = check_suffix(files.front()->filename)) return error;
  if (!request.file.empty()) return {};
  return bad_parameter("file", "Audio file is too short. Minimum audio length is 0.1 seconds.",
                       "audio_too_short");
}

refusal check_model(const json::object& body, transcription_request& request) {
  if (!find(body, "model")) return missing_parameter("model");
  request.model = string_or(body, "model", "");
  if (!find_model(request.model)) return model_not_found(request.model);
  const std::string_view name = request.model;
  const bool open = name.find('/') != std::string_view::npos;
  request.whisper = open || name.starts_with("whisper");
  const bool hears = request.whisper || name.find("transcribe") != std::string_view::npos;
  if (hears && (request.whisper || !request.translates)) return {};
  return invalid_value("model",
                       fmt::format("Invalid value: '{}'. Supported values are: "
                                   "'whisper-1'{}.",
                                   name, request.translates ? "" : " and 'gpt-4o-transcribe'"));
}

refusal check_format(const json::object& body, transcription_request& request) {
  request.format = string_or(body, "response_format", "json");
  if (request.whisper || request.format == "json" || request.format == "text") return {};
  return bad_parameter("response_format",
                       fmt::format("response_format '{}' is not compatible with model '{}'. Use "
                                   "'json' or 'text' instead.",
                                   request.format, request.model),
                       "unsupported_value");
}

refusal check_granularities(const json::object& body, transcription_request& request) {
  const auto* list = find(body, "timestamp_granularities");
  if (!list) return {};
  if (request.format != "verbose_json")
    return bad_parameter("timestamp_granularities",
                         "The 'timestamp_granularities' parameter is only allowed when "
                         "'response_format' is 'verbose_json'.");
  request.with_segments = false;
  const parameter rule{"timestamp_granularities", string, -unbounded, unbounded, granularities};
  for (const auto& item : list->get_array()) {
    if (auto error = check_value(item, rule, "timestamp_granularities")) return error;
    (item.get_string() == "word" ? request.with_words : request.with_segments) = true;
  }
  return {};
}

}  // namespace

refusal check_transcription(const call& c, transcription_request& request) {
  const std::span all(parameters);
  const auto rules = request.translates ? all.first(of_translations) : all;
  const auto body = typed_fields(c.body, rules);
  if (auto error = refuse_first_unknown(body, rules)) return error;
  if (auto error = check_parameters(body, rules)) return error;
  if (auto error = check_model(body, request)) return error;
  if (auto error = check_file(c, request)) return error;
  if (auto error = check_format(body, request)) return error;
  if (auto error = check_granularities(body, request)) return error;
  request.language = string_or(body, "language", "english");
  const auto* temperature = find(body, "temperature");
  request.temperature = temperature ? temperature->to_number<double>() : 0;
  // The API ignores `stream` for whisper, too.
  if (request.whisper || !boolean_or(body, "stream", false)) return {};
  return bad_parameter("stream",
                       "Unsupported value: 'stream' does not support true with this simulator.",
                       "unsupported_value");
}

}  // namespace batchmill::simulator_detail
