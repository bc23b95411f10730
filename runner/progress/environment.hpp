// What the environment says about colours, characters and terminals.
#pragma once

#include <string>

#include "runner/progress/progress.hpp"
#include "runner/progress/text.hpp"

namespace batchmill {

struct environment {
  environment() = default;

  static environment of_process();

  bool no_color = false;  // NO_COLOR is set and not empty
  std::string term;       // TERM
  std::string locale;     // the first of LC_ALL, LC_CTYPE, LANG that is not empty
};

/// `automatic` decided; every other style stays what it is.
progress_options::style chosen_style(const progress_options& o, bool is_terminal,
                                     const environment& env);

/// Plain and JSON have no colours; everything else has them unless something speaks against it.
look chosen_look(const progress_options& o, progress_options::style chosen, bool is_terminal,
                 const environment& env);

}  // namespace batchmill
