// What the simulator hears in a sound: sentences with times, and the files that hold them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace batchmill::simulator_detail {

struct spoken {
  std::string text;
  double begin = 0;  // seconds
  double end = 0;
};

struct transcript {
  transcript() = default;

  double seconds = 0;
  std::vector<spoken> sentences;

  std::string text() const;
};

/// About two and a half words a second, others for every `hash`.
transcript make_transcript(double seconds, std::uint64_t hash);

/// The words of a sentence with their own times.
std::vector<spoken> words_of(const spoken& sentence);

std::string to_srt(const transcript& heard);
std::string to_vtt(const transcript& heard);

}  // namespace batchmill::simulator_detail
