// Finds examples that are nearly the same: MinHash over all runs of eight letters. What many
// examples share, such as an instruction before each question, counts for nothing.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace batchmill::fine_tuning {

/// The runs of letters that many examples have. May say so of a few others.
class common_runs {
 public:
  common_runs() : bits_(size / 64) {}

  bool has(std::uint64_t hash) const {
    return (bits_[slot(hash) / 64] >> (slot(hash) % 64) & 1) != 0;
  }
  void add(std::uint64_t hash) { bits_[slot(hash) / 64] |= std::uint64_t{1} << (slot(hash) % 64); }

 private:
  static constexpr std::uint64_t size = 1 << 17;
  static std::uint64_t slot(std::uint64_t hash) { return hash & (size - 1); }

  std::vector<std::uint64_t> bits_;
};

struct sketch {
  static constexpr std::size_t bins = 16;

  std::array<std::uint16_t, bins> values{};
  bool is_telling = false;  // there was enough text of its own
};

/// Calls f(hash) for each run of eight letters.
template <class F>
void for_each_run(std::string_view letters, F f) {
  constexpr std::size_t length = 8;
  for (std::size_t i = 0; i + length <= letters.size(); ++i) {
    std::uint64_t run = 0;
    __builtin_memcpy(&run, letters.data() + i, length);
    run *= 0x9E3779B97F4A7C15U;
    f(run ^ (run >> 32));
  }
}

class sketcher {
 public:
  void clear() { least_.fill(none); }

  void add(std::string_view letters, const common_runs& common);
  sketch result() const;

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  std::array<std::uint32_t, sketch::bins> least_{};
};

/// Remembers the last 262,144 sketches: 26 MB. Of the rows that are alike one in some
/// hundreds is not found: a newer one took its place.
class similar_rows {
 public:
  struct match {
    std::uint64_t line = 0;  // 0: none is alike
    unsigned percent = 0;
  };

  /// Looks for a row that is alike, and remembers this one.
  match add(const sketch& s, std::uint64_t line);

 private:
  static constexpr std::size_t most_rows = 1 << 18;
  static constexpr std::size_t bands = 4;

  struct entry {
    std::array<std::uint16_t, sketch::bins> values;
    std::uint32_t line;
  };

  std::uint32_t& slot(const entry& e, std::size_t band);
  void insert(std::size_t row);
  void grow();

  std::vector<entry> rows_;
  std::size_t next_ = 0;              // in rows_, once it is full
  std::vector<std::uint32_t> slots_;  // per band: a row, from 1; newer ones take the place of older
};

}  // namespace batchmill::fine_tuning
