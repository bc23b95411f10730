// Speech, transcriptions and translations.
#include "runner/simulator/sound.hpp"

#include <cmath>

#include "runner/simulator/transcript.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/simulated_api.hpp"

using namespace batchmill;
using namespace batchmill::testing;
using simulator_detail::silent_mp3;
using simulator_detail::silent_pcm;
using simulator_detail::silent_wav;
using simulator_detail::wav_seconds;

namespace {

api_answer speak(std::string_view more, std::string_view input = "Good morning, everybody.") {
  simulated_api api;
  return api.post("/v1/audio/speech", R"({"model":"gpt-4o-mini-tts","voice":"alloy","input":")" +
                                          std::string(input) + "\"" + std::string(more) + "}");
}

form_body sound_form(std::string_view model = "whisper-1", std::string_view format = {},
                     const std::string& file = silent_wav(10)) {
  form_body form;
  form.file("file", "a.wav", file).field("model", model);
  if (!format.empty()) form.field("response_format", format);
  return form;
}

api_answer transcribe(const form_body& form) {
  simulated_api api;
  return api.post("/v1/audio/transcriptions", form);
}

std::size_t lines_with(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("a WAV file says how long it plays") {
  CHECK(wav_seconds(silent_wav(1.5)) == 1.5);
  CHECK(silent_wav(1).size() == 44 + 48'000);
  CHECK(silent_pcm(0.5).size() == 24'000);
  CHECK_FALSE(wav_seconds("RIFF"));
  CHECK_FALSE(wav_seconds(silent_mp3(1)));
  const auto wav = silent_wav(1);
  CHECK(wav_seconds(wav.substr(0, 44 + 24'000)) == 0.5);
  for (std::size_t size = 0; size < 44; ++size) CHECK_FALSE(wav_seconds(wav.substr(0, size)));
  auto no_rate = wav;
  no_rate.replace(28, 4, 4, '\0');
  CHECK_FALSE(wav_seconds(no_rate));
}

TEST_CASE("an MP3 file is one frame after the other") {
  const auto mp3 = silent_mp3(1);
  REQUIRE(mp3.size() % 96 == 0);
  CHECK(mp3.size() / 96 == 42);  // of 24 ms
  for (std::size_t at = 0; at < mp3.size(); at += 96) CHECK(mp3.substr(at, 2) == "\xFF\xF3");
}

TEST_CASE("speech plays as long as its text takes") {
  const auto wav = speak(R"(,"response_format":"wav")");
  CHECK(wav.status() == 200);
  CHECK(wav.header("content-type") == "audio/wav");
  CHECK(std::abs(*wav_seconds(wav.raw.body) - 24 / 15.0) < 0.001);
  const auto fast = speak(R"(,"response_format":"wav","speed":2)");
  CHECK(std::abs(*wav_seconds(fast.raw.body) - 24 / 30.0) < 0.001);
  CHECK(speak("").header("content-type") == "audio/mpeg");
  CHECK(speak("").raw.body.starts_with("\xFF\xF3"));
  CHECK(speak(R"(,"response_format":"pcm")").raw.body.size() == 24 * 48'000 / 15);
  CHECK(speak(R"(,"instructions":"Whisper.")").status() == 200);
}

TEST_CASE("what speech does not take is refused") {
  CHECK(speak(R"(,"response_format":"ogg")").error() ==
        "Invalid value: 'ogg'. Supported values are: 'mp3', 'opus', 'aac', 'flac', 'wav', and "
        "'pcm'.");
  CHECK(speak(R"(,"response_format":"flac")").code() == "unsupported_value");
  CHECK(speak(R"(,"stream_format":"sse")").code() == "unsupported_value");
  CHECK(speak(R"(,"speed":5)").code() == "decimal_above_max_value");
  CHECK(speak(R"(,"format":"wav")").code() == "unknown_parameter");
  CHECK(speak("", "").code() == "empty_string");
  CHECK(speak("", std::string(4'097, 'x')).code() == "string_above_max_length");
  simulated_api api;
  const auto refused = [&](const char* body) {
    const auto answer = api.post("/v1/audio/speech", body);
    return answer.param() + " " + answer.code();
  };
  CHECK(refused(R"({"input":"a","voice":"alloy"})") == "model missing_required_parameter");
  CHECK(refused(R"({"model":"tts-1","voice":"alloy"})") == "input missing_required_parameter");
  CHECK(refused(R"({"model":"tts-1","input":"a"})") == "voice missing_required_parameter");
  CHECK(refused(R"({"model":"tts-1","input":"a","voice":"bob"})") == "voice invalid_value");
  CHECK(refused(R"({"model":"tts-1","input":"a","voice":{}})") ==
        "voice.id missing_required_parameter");
  CHECK(refused(R"({"model":"gpt-4o","input":"a","voice":"alloy"})") == "model invalid_value");
  CHECK(refused(R"({"model":"tts-1","input":"a","voice":"alloy","instructions":"b"})") ==
        "instructions unsupported_parameter");
}

TEST_CASE("words follow from the file, whatever the format of the answer") {
  const auto json = transcribe(sound_form());
  REQUIRE(json.status() == 200);
  const auto text = json.text("/text");
  CHECK_FALSE(text.empty());
  CHECK(json.text("/usage/type") == "duration");
  CHECK(json.number("/usage/seconds") == 10);
  const auto plain = transcribe(sound_form("whisper-1", "text"));
  CHECK(plain.header("content-type") == "text/plain; charset=utf-8");
  CHECK(plain.raw.body == text + "\n");
  CHECK(transcribe(sound_form("whisper-1", "", silent_wav(11))).text("/text") != text);
  simulation_options options;
  options.seed = 1;
  simulated_api other(options);
  CHECK(other.post("/v1/audio/transcriptions", sound_form()).text("/text") != text);
}

TEST_CASE("subtitles have a cue for every sentence") {
  const auto srt = transcribe(sound_form("whisper-1", "srt")).raw.body;
  CHECK(srt.starts_with("1\n00:00:00,000 --> 00:00:05,000\n"));
  CHECK(lines_with(srt, " --> ") == 2);
  const auto vtt = transcribe(sound_form("whisper-1", "vtt")).raw.body;
  CHECK(vtt.starts_with("WEBVTT\n\n00:00:00.000 --> 00:00:05.000\n"));
  simulator_detail::transcript late;
  late.sentences.push_back({"Late.", 3'661.25, 3'662});
  CHECK(to_srt(late) == "1\n01:01:01,250 --> 01:01:02,000\nLate.\n\n");
}

TEST_CASE("a verbose answer has segments, words, or both") {
  const auto answer = transcribe(sound_form("whisper-1", "verbose_json"));
  REQUIRE(answer.status() == 200);
  CHECK(answer.text("/language") == "english");
  CHECK(answer.number("/duration") == 10);
  CHECK(answer.at("/segments").as_array().size() == 2);
  CHECK(answer.at("/segments/1/end").to_number<double>() == 10);
  CHECK_FALSE(answer.json.as_object().contains("words"));

  const auto words = transcribe(
      sound_form("whisper-1", "verbose_json").field("timestamp_granularities[]", "word"));
  CHECK_FALSE(words.json.as_object().contains("segments"));
  double before = 0;
  for (const auto& word : words.at("/words").as_array()) {
    CHECK(word.at("start").to_number<double>() >= before);
    before = word.at("end").to_number<double>();
  }
  CHECK(before <= 10);
}

TEST_CASE("the younger models are billed by the token and know two formats") {
  const auto answer = transcribe(sound_form("gpt-4o-transcribe"));
  REQUIRE(answer.status() == 200);
  CHECK(answer.text("/usage/type") == "tokens");
  CHECK(answer.number("/usage/input_tokens") == 100);
  CHECK(transcribe(sound_form("gpt-4o-transcribe", "srt")).error() ==
        "response_format 'srt' is not compatible with model 'gpt-4o-transcribe'. Use 'json' or "
        "'text' instead.");
}

TEST_CASE("a translation is whisper's alone") {
  simulated_api api;
  const auto answer = api.post("/v1/audio/translations", sound_form("whisper-1", "verbose_json"));
  CHECK(answer.status() == 200);
  CHECK(answer.text("/task") == "translate");
  CHECK(api.post("/v1/audio/translations", sound_form("gpt-4o-transcribe")).param() == "model");
  CHECK(api.post("/v1/audio/translations", sound_form().field("language", "de")).error() ==
        "Unknown parameter: 'language'.");
}

TEST_CASE("what a transcription does not take is refused") {
  CHECK(transcribe(form_body().field("model", "whisper-1")).param() == "file");
  CHECK(transcribe(form_body().file("file", "a.wav", "x")).param() == "model");
  CHECK(transcribe(form_body().field("model", "whisper-1").file("file", "a.txt", "x")).error() ==
        "Unrecognized file format. Supported formats: ['flac', 'm4a', 'mp3', 'mp4', 'mpeg', "
        "'mpga', 'oga', 'ogg', 'wav', 'webm']");
  CHECK(transcribe(form_body().field("model", "whisper-1").file("file", "wav", "x")).status() ==
        400);
  CHECK(transcribe(sound_form("whisper-1", "", "")).code() == "audio_too_short");
  CHECK(transcribe(sound_form("whisper-1", "", std::string((25u << 20) + 1, 'x'))).status() == 413);
  CHECK(transcribe(sound_form("gpt-4o")).param() == "model");
  CHECK(transcribe(sound_form("nonexistent")).status() == 404);
  CHECK(transcribe(sound_form("whisper-1", "xml")).code() == "invalid_value");
  CHECK(transcribe(sound_form().field("temperature", "2")).code() == "decimal_above_max_value");
  CHECK(transcribe(sound_form().field("temperature", "hot")).code() == "invalid_type");
  CHECK(transcribe(sound_form().field("timestamp_granularities[]", "word")).param() ==
        "timestamp_granularities");
  CHECK(transcribe(
            sound_form("whisper-1", "verbose_json").field("timestamp_granularities[]", "letter"))
            .code() == "invalid_value");
  CHECK(transcribe(sound_form("gpt-4o-transcribe").field("stream", "true")).param() == "stream");
  CHECK(transcribe(sound_form().field("colour", "red")).error() == "Unknown parameter: 'colour'.");
  simulated_api api;
  CHECK(api.post("/v1/audio/transcriptions", "{}").error() ==
        "Unsupported content type: 'application/json'. This API method only accepts "
        "'multipart/form-data' requests, but you specified the header 'Content-Type: "
        "application/json'. Please try again with a supported content type.");
}
