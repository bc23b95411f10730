#include "runner/simulator/transcript.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runner/simulator/prose.hpp"
#include "runner/simulator/text.hpp"

namespace batchmill::simulator_detail {

namespace {

constexpr double sentence_seconds = 5;
constexpr double most_sentences = 2'000;

double rounded(double seconds) {
  return std::round(seconds * 100) / 100;
}

// "00:00:03,500"; WebVTT has a point instead of the comma.
std::string time_of(double seconds, char separator) {
  const auto ms = std::llround(seconds * 1'000);
  return fmt::format("{:02}:{:02}:{:02}{}{:03}", ms / 3'600'000, ms / 60'000 % 60, ms / 1'000 % 60,
                     separator, ms % 1'000);
}

}  // namespace

std::string transcript::text() const {
  std::string out;
  for (const auto& sentence : sentences) out.append(out.empty() ? "" : " ").append(sentence.text);
  return out;
}

transcript make_transcript(double seconds, std::uint64_t hash) {
  transcript heard;
  heard.seconds = rounded(seconds);
  dice die(hash);
  const auto count = std::clamp(std::round(seconds / sentence_seconds), 1.0, most_sentences);
  for (double i = 0; i < count; ++i)
    heard.sentences.push_back(
        {some_sentence(die), rounded(seconds * i / count), rounded(seconds * (i + 1) / count)});
  return heard;
}

std::vector<spoken> words_of(const spoken& sentence) {
  std::vector<spoken> words;
  const auto each = (sentence.end - sentence.begin) / static_cast<double>(sentence.text.size());
  double at = sentence.begin;
  for (const auto word : split(sentence.text, ' ')) {
    const double end = at + each * static_cast<double>(word.size() + 1);
    words.push_back({std::string(word), rounded(at), rounded(std::min(end, sentence.end))});
    while (!is_word(words.back().text.back())) words.back().text.pop_back();
    at = end;
  }
  return words;
}

std::string to_srt(const transcript& heard) {
  std::string out;
  for (std::size_t i = 0; i < heard.sentences.size(); ++i) {
    const auto& [text, begin, end] = heard.sentences[i];
    out +=
        fmt::format("{}\n{} --> {}\n{}\n\n", i + 1, time_of(begin, ','), time_of(end, ','), text);
  }
  return out;
}

std::string to_vtt(const transcript& heard) {
  std::string out = "WEBVTT\n\n";
  for (const auto& [text, begin, end] : heard.sentences)
    out += fmt::format("{} --> {}\n{}\n\n", time_of(begin, '.'), time_of(end, '.'), text);
  return out;
}

}  // namespace batchmill::simulator_detail
