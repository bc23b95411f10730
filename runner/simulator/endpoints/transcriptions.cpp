#include "runner/simulator/endpoints/transcriptions.hpp"

#include <algorithm>
#include <cmath>

#include "runner/simulator/dice.hpp"
#include "runner/simulator/json_writer.hpp"
#include "runner/simulator/sound.hpp"
#include "runner/simulator/text.hpp"
#include "runner/simulator/transcript.hpp"
#include "runner/simulator/transcription_request.hpp"

namespace batchmill::simulator_detail {

namespace {

// Formats other than WAV are taken for 32 kbit/s. A limit keeps made-up headers harmless.
double seconds_of(std::string_view file) {
  constexpr double bytes_per_second = 4'000, shortest = 0.1, longest = 4 * 3'600;
  const auto exact = wav_seconds(file);
  return std::clamp(exact ? *exact : static_cast<double>(file.size()) / bytes_per_second, shortest,
                    longest);
}

void write_segments(json_writer& json, const transcription_request& request,
                    const transcript& heard) {
  json.key("segments").open_array();
  for (std::size_t i = 0; i < heard.sentences.size(); ++i) {
    const auto& [text, begin, end] = heard.sentences[i];
    dice die(hash_text(text));
    json.open_object().key("id").integer(static_cast<std::int64_t>(i));
    json.key("seek").integer(std::llround(begin * 100));
    json.key("start").real(begin).key("end").real(end).key("text").text(" " + text);
    json.key("tokens").open_array();
    for (auto left = estimate_tokens(text); left > 0; --left)
      json.integer(static_cast<std::int64_t>(die.below(50'000)));
    json.close_array().key("temperature").real(request.temperature);
    json.key("avg_logprob").real(-0.25).key("compression_ratio").real(1.5);
    json.key("no_speech_prob").real(0.01).close_object();
  }
  json.close_array();
}

void write_words(json_writer& json, const transcript& heard) {
  json.key("words").open_array();
  for (const auto& sentence : heard.sentences)
    for (const auto& [text, begin, end] : words_of(sentence)) {
      json.open_object().key("word").text(text);
      json.key("start").real(begin).key("end").real(end).close_object();
    }
  json.close_array();
}

// whisper is billed by the second, its successors by the token.
void write_usage(json_writer& json, const transcription_request& request, const transcript& heard,
                 const token_usage& usage) {
  json.key("usage").open_object();
  if (request.whisper) {
    json.key("type")
        .text("duration")
        .key("seconds")
        .integer(std::llround(std::ceil(heard.seconds)));
    json.close_object();
    return;
  }
  json.key("type").text("tokens").key("total_tokens").integer(usage.total);
  json.key("input_tokens").integer(usage.prompt).key("input_token_details").open_object();
  json.key("text_tokens").integer(0).key("audio_tokens").integer(usage.prompt).close_object();
  json.key("output_tokens").integer(usage.completion).close_object();
}

void write_json(const transcription_request& request, const transcript& heard, reply& r) {
  json_writer json(r.body, json_layout::compact);
  json.open_object();
  if (request.format == "verbose_json") {
    json.key("task").text(request.translates ? "translate" : "transcribe");
    json.key("language").text(request.language).key("duration").real(heard.seconds);
  }
  json.key("text").text(heard.text());
  if (request.format == "verbose_json" && request.with_segments)
    write_segments(json, request, heard);
  if (request.format == "verbose_json" && request.with_words) write_words(json, heard);
  if (!request.translates) write_usage(json, request, heard, r.usage);
  json.close_object();
}

token_usage usage_of(const transcription_request& request, const transcript& heard) {
  constexpr double tokens_per_second = 10;
  token_usage usage;
  if (request.whisper) return usage;
  usage.prompt = std::llround(std::ceil(heard.seconds * tokens_per_second));
  usage.completion = estimate_tokens(heard.text());
  usage.total = usage.prompt + usage.completion;
  return usage;
}

reply answer(const transcription_request& request, std::uint64_t seed) {
  const auto heard = make_transcript(seconds_of(request.file), hash_text(request.file, seed));
  reply r;
  r.usage = usage_of(request, heard);
  if (request.format == "json" || request.format == "verbose_json") {
    write_json(request, heard, r);
    return r;
  }
  r.content_type =
      request.format == "vtt" ? "text/vtt; charset=utf-8" : "text/plain; charset=utf-8";
  r.body = request.format == "srt"   ? to_srt(heard)
           : request.format == "vtt" ? to_vtt(heard)
                                     : heard.text() + "\n";
  return r;
}

admission_result admit(const call& c, bool translates) {
  transcription_request request;
  request.translates = translates;
  if (auto error = check_transcription(c, request)) return *std::move(error);
  admission a;
  a.model = request.model;
  a.answer = [request = std::move(request), seed = c.seed] { return answer(request, seed); };
  return a;
}

}  // namespace

admission_result transcribe(const call& c) {
  return admit(c, false);
}

admission_result translate(const call& c) {
  return admit(c, true);
}

}  // namespace batchmill::simulator_detail
