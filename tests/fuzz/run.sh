#!/usr/bin/env bash
# Builds the fuzz targets with Clang's libFuzzer, AddressSanitizer and UndefinedBehaviorSanitizer,
# runs each for a while and tells how many inputs it took. A job for nights.
#
#   tests/fuzz/run.sh [--seconds 60] [--keep] [TARGET...]
#
#   --seconds N  how long each target runs; 0: the corpus alone
#   --keep       merge what was found into tests/fuzz/corpus, the 15 smallest of each target
#
# A finding is left in build-fuzz/findings, and its name printed. Put it into the target's folder in
# tests/fuzz/corpus with the fix: the unit tests replay that from then on.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/support/packages.sh

seconds=60
keep=false
targets=()
while [ $# -gt 0 ]; do
  case "$1" in
    --seconds) seconds=$2 && shift ;;
    --keep) keep=true ;;
    --help) sed -n '2,12s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" && exit ;;
    -*) echo "tests/fuzz/run.sh: unknown option $1 (see --help)" >&2 && exit 2 ;;
    *) targets+=("$1") ;;
  esac
  shift
done

build=build-fuzz
compiler=${CXX:-$(command -v clang++-16 clang++-17 clang++-18 clang++-19 clang++ | head -n 1)}
[ -n "$compiler" ] || { echo "tests/fuzz/run.sh: there is no clang++; install clang-16" >&2 && exit 2; }

use_ccache
say "Building the fuzz targets with $compiler"
cmake -S . -B $build -G Ninja -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_CXX_FLAGS_RELEASE="-O1 -g1 -fno-sanitize-recover=undefined" -DBATCHMILL_FUZZ=ON \
  -DBATCHMILL_SANITIZE=fuzzer-no-link,address,undefined >/dev/null
cmake --build $build --target batchmill_fuzz --parallel "$(processors)"

if [ ${#targets[@]} -eq 0 ]; then
  mapfile -t targets < <(cd $build/tests/fuzz && find . -maxdepth 1 -type f -name 'fuzz_*' | sed 's,^./fuzz_,,' | sort)
fi

# In memory: some targets write files.
scratch=$(mktemp -d -p "$([ -d /dev/shm ] && echo /dev/shm || echo /tmp)" batchmill-fuzz-XXXXXX)
trap 'rm -rf "$scratch"' EXIT
export TMPDIR=$scratch UBSAN_OPTIONS=print_stacktrace=1
mkdir -p $build/findings $build/logs

# The corpus that grew here in other nights comes first: what is new goes into it.
run() { # target
  local name=$1 folders=("$build/corpus/$1") log=$build/logs/$1.log bounds=(-runs=0)
  mkdir -p "${folders[0]}"
  [ -d "tests/fuzz/corpus/$name" ] && folders+=("tests/fuzz/corpus/$name")
  [ "$seconds" -eq 0 ] || bounds=("-max_total_time=$seconds")
  nice -n 19 "$build/tests/fuzz/fuzz_$name" "${bounds[@]}" -max_len="$(longest "$name")" \
    -timeout=20 -rss_limit_mb=3000 -print_final_stats=1 -detect_leaks=1 \
    -artifact_prefix="$build/findings/$name-" "${folders[@]}" >"$log" 2>&1
}

longest() { if [ "$1" = tokens ]; then echo 600; else echo 2000; fi; }

merge() { # target
  local corpus=tests/fuzz/corpus/$1 merged=$scratch/merged
  [ -d "$corpus" ] || return 0
  rm -rf "$merged" && cp -a "$corpus" "$merged"
  "$build/tests/fuzz/fuzz_$1" -merge=1 -max_len=300 "$merged" "$build/corpus/$1" >/dev/null 2>&1
  find "$merged" -type f -newer "$build/logs/$1.log" -printf '%s %p\n' | sort -n | head -n 15 |
    cut -d' ' -f2 | xargs -r cp -t "$corpus"
}

failed=0
for name in "${targets[@]}"; do
  if run "$name"; then
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$build/logs/$name.log")
    printf '%-16s %12s executions  %s\n' "$name" "$executions" \
      "$(grep -o 'cov: [0-9]*' "$build/logs/$name.log" | tail -n 1)"
    if $keep; then merge "$name"; fi
  else
    failed=1
    printf '%-16s FAILED\n' "$name"
    tail -n 40 "$build/logs/$name.log"
  fi
done
exit $failed
