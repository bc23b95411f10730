// What Ctrl-C is for.
#pragma once

#include <string>

namespace batchmill {

class stoppable {
 public:
  virtual ~stoppable() = default;

  /// Begins nothing any more; what is under way may still come to its end.
  virtual void drain(std::string reason) = 0;

  /// Gives up all that is under way, at once.
  virtual void abort() = 0;
};

}  // namespace batchmill
