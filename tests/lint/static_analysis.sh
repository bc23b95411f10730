#!/usr/bin/env bash
# Static analysis: cppcheck over everything in a few minutes, clang-tidy with the checks of .clang-tidy
# in an hour of a processor. Finds nothing, or fails.
#
#   tests/lint/static_analysis.sh [--cppcheck] [--changed] [FILE...]
#
#   --cppcheck  without clang-tidy
#   --changed   clang-tidy looks at what changed since tests/lint/analysed, the commit at which all
#               of it was clean: the newest first, and none is begun after 90 seconds
#   FILE...     clang-tidy looks at these units alone
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/support/packages.sh

with_tidy=true
only_changed=false
latest=
units=()
for argument in "$@"; do
  case "$argument" in
    --cppcheck) with_tidy=false ;;
    --changed) only_changed=true ;;
    --help) sed -n '2,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" && exit ;;
    -*) echo "tests/lint/static_analysis.sh: unknown option $argument (see --help)" >&2 && exit 2 ;;
    *) units+=("$argument") ;;
  esac
done

require() { # command
  command -v "$1" >/dev/null && return
  echo "tests/lint/static_analysis.sh: there is no $1; install ${1/++/}" >&2
  exit 2
}

repository() { git -c safe.directory="$PWD" "$@"; }

# A header is looked at by the unit of its name, or by the first that includes it.
unit_of() { # file
  local file=$1
  case "$file" in
    *.cpp) echo "$file" ;;
    *) if [ -f "${file%.hpp}.cpp" ]; then
         echo "${file%.hpp}.cpp"
       else # perhaps none does
         repository grep -lF "\"${file#include/}\"" -- 'runner/*.cpp' 'jobs/*.cpp' |
           awk 'NR == 1' || true
       fi ;;
  esac
}

# What is not committed yet, then what is, the newest first.
changed_files() {
  local base
  base=$(<tests/lint/analysed)
  repository diff --name-only HEAD
  if repository cat-file -e "$base^{commit}" 2>/dev/null; then
    repository log --format= --name-only "$base..HEAD"
  else
    echo "tests/lint/static_analysis.sh: $base is not in this clone; looking at all units" >&2
    repository ls-files
  fi
}

changed_units() {
  changed_files | grep -E '^(runner|jobs|include)/.*\.[ch]pp$' | awk '!seen[$0]++' |
    while read -r file; do
      [ ! -f "$file" ] || unit_of "$file"
    done | awk '!seen[$0]++'
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
if $only_changed; then
  mapfile -t units < <(changed_units)
  latest=$(($(date +%s) + 90))
elif [ ${#units[@]} -eq 0 ]; then
  mapfile -t units < <(repository ls-files 'runner/*.cpp' 'jobs/*.cpp')
fi
left=$build/left
: >$left
analyse() { # build folder, time after which to leave it, unit
  if [ -n "$2" ] && [ "$(date +%s)" -ge "$2" ]; then
    echo "$3" >>"$1/left"
  else
    clang-tidy-16 -p "$1" --quiet --warnings-as-errors='*' "$3" 2>/dev/null
  fi
}
export -f analyse
[ ${#units[@]} -eq 0 ] || printf '%s\0' "${units[@]}" |
  xargs -0 -n 1 -P "$(processors)" bash -c 'analyse "$@"' analyse "$build" "$latest"
say "$((${#units[@]} - $(wc -l <$left))) of ${#units[@]} units analysed, nothing found"
if [ -s $left ]; then
  say "Left for the nightly tests, which analyse everything: $(tr '\n' ' ' <$left)"
fi
