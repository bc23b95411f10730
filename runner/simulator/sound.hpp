// Silence for the speech endpoint, in files that players accept; and how long a file plays.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace batchmill::simulator_detail {

/// 24,000 samples a second of 16 bits, one channel, without a header.
std::string silent_pcm(double seconds);

/// The same with the header of a WAV file.
std::string silent_wav(double seconds);

/// MPEG-2 layer III frames of 24 ms.
std::string silent_mp3(double seconds);

/// How long a WAV file plays by its header; nothing when `bytes` is no such file.
std::optional<double> wav_seconds(std::string_view bytes);

}  // namespace batchmill::simulator_detail
