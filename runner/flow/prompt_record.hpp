// Does the server count prompts as we do? Pure.
#pragma once

#include <cstdint>

namespace batchmill {

class prompt_record {
 public:
  /// A prompt that we counted exactly, and what its answer says.
  void add(std::int64_t counted, std::int64_t stated) {
    (stated > counted ? exceeded_ : kept_) = true;
  }

  /// Some answers bear our counts out, and none has stated more: who adds something once may do so
  /// again.
  bool proven() const { return kept_ && !exceeded_; }

 private:
  bool kept_ = false;
  bool exceeded_ = false;
};

}  // namespace batchmill
