// What Ctrl-C is for.
#pragma once

#include <string>
#include <string_view>

namespace batchmill {

class stoppable {
 public:
  virtual ~stoppable() = default;

  /// Begins nothing any more; what is under way may still come to its end.
  virtual void drain(std::string reason) = 0;

  /// What a person should know who has asked for that: "... ; once more gives it up".
  virtual std::string_view after_drain() const {
    return "nothing is sent any more, what is in flight may be answered; once more gives it up";
  }

  /// Gives up all that is under way, at once.
  virtual void abort() = 0;
};

}  // namespace batchmill
