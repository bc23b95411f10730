#!/usr/bin/env bash
# Static analysis: cppcheck over everything in a few minutes, clang-tidy with the checks of .clang-tidy
# in half an hour or more. Finds nothing, or fails.
#
#   tests/lint/static_analysis.sh [--cppcheck] [FILE...]
#
#   --cppcheck  without clang-tidy
#   FILE...     clang-tidy looks at these units alone, e.g. $(git diff --name-only main '*.cpp')
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/support/packages.sh

with_tidy=true
units=()
for argument in "$@"; do
  case "$argument" in
    --cppcheck) with_tidy=false ;;
    --help) sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" && exit ;;
    -*) echo "tests/lint/static_analysis.sh: unknown option $argument (see --help)" >&2 && exit 2 ;;
    *) units+=("$argument") ;;
  esac
done

require() { # command
  command -v "$1" >/dev/null && return
  echo "tests/lint/static_analysis.sh: there is no $1; install ${1/++/}" >&2
  exit 2
}

# Left out: what needs the system's headers, which cppcheck is not given (with Boost's it takes
# hours), and the catalogue of style.
require cppcheck
say "cppcheck"
cppcheck --std=c++20 --language=c++ --enable=warning,performance,portability --inline-suppr --quiet \
  --error-exitcode=1 -j "$(processors)" -I . -I include '-DBATCHMILL_VERSION=""' \
  --suppress=missingInclude --suppress=missingIncludeSystem \
  --suppressions-list=tests/lint/cppcheck.txt --template='{file}:{line}: {id}: {message}' \
  runner jobs include

$with_tidy || exit 0

require clang++-16
require clang-tidy-16
say "clang-tidy"
build=build-tidy
cmake -S . -B $build -G Ninja -DCMAKE_CXX_COMPILER=clang++-16 -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON -DBATCHMILL_TESTS=OFF >/dev/null
if [ ${#units[@]} -eq 0 ]; then
  mapfile -t units < <(git -c safe.directory="$PWD" ls-files 'runner/*.cpp' 'jobs/*.cpp')
fi
printf '%s\0' "${units[@]}" | xargs -0 -n 1 -P "$(processors)" \
  clang-tidy-16 -p $build --quiet --warnings-as-errors='*' 2>/dev/null
