#!/usr/bin/env bash
# Builds and tests everything: the unit tests with sanitizers first, then the Release build, which
# the examples and the end-to-end tests run.
#
#   tests/run.sh [--quick] [--all] [--sanitized-e2e] [--threads] [--werror]
#
#   --quick          without the sanitizers; the unit tests run in the Release build instead
#   --all            the unit tests run in both builds, and what takes minutes runs too
#   --sanitized-e2e  the examples and end-to-end tests run with sanitized programs too: for nights and
#                    for changes of the engine or the network
#   --threads        with ThreadSanitizer too: a third build, for nights and for changes of the threads
#   --werror         warnings are errors in the Release build (GCC warns falsely when it sanitizes)
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
source tests/support/packages.sh

stages=(packages address_sanitizer release)
extra=()
release_options=(-DBATCHMILL_TESTS=ON)

unit_tests_in_release=false
left_out='perf|nightly'
usage() { sed -n '2,12s/^# \{0,1\}//p' tests/run.sh; }

for argument in "$@"; do
  case "$argument" in
    --quick) stages=(packages release) unit_tests_in_release=true ;;
    --all) unit_tests_in_release=true left_out=perf ;;
    --sanitized-e2e) extra+=(sanitized_programs) ;;
    --threads) extra+=(thread_sanitizer) ;;
    --werror) release_options+=(-DBATCHMILL_WERROR=ON) ;;
    --help) usage && exit ;;
    *) echo "tests/run.sh: unknown option $argument (see --help)" >&2 && exit 2 ;;
  esac
done

step() { say "[${SECONDS} s] $*"; }

build() { # preset, target, cmake options...
  local preset=$1 target=$2
  shift 2
  step "Configuring the $preset build"
  cmake --preset "$preset" "$@" >/dev/null # errors come by stderr
  step "Building $target"
  cmake --build --preset "$preset" --target "$target" --parallel "$(processors)"
}

packages() {
  step "Looking for missing packages"
  # shellcheck disable=SC2046 # one word a package
  install_packages $(build_packages) $(test_packages)
}

address_sanitizer() {
  build asan batchmill_tests
  step "Unit tests with AddressSanitizer and UndefinedBehaviorSanitizer"
  # In one process: each test in one of its own, as ctest has it, would take twice as long.
  UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 build-asan/tests/batchmill_tests
}

# The soak test is left out: it judges memory.
sanitized_programs() {
  build asan batchmill_programs
  step "Examples and end-to-end tests with AddressSanitizer and UndefinedBehaviorSanitizer"
  ctest --preset asan --no-tests=error --tests-regex '^(example|e2e): ' --exclude-regex ': soak$' \
    --label-exclude "$left_out" --parallel "$(processors)"
}

# 3,000 rows with every fault that a retry mends. Old ThreadSanitizers fail where addresses are
# randomized too far, so that is turned off where it may be.
thread_sanitizer() {
  build tsan batchmill_program -DBATCHMILL_TESTS=OFF
  step "A simulated job with ThreadSanitizer"
  local output=$PWD/build-tsan/job fixed_addresses=() tickets=tickets.jsonl
  if setarch -R true 2>/dev/null; then fixed_addresses=(setarch -R); fi
  rm -rf "$output"
  mkdir -p "$output"
  TSAN_OPTIONS=halt_on_error=1:exitcode=66 "${fixed_addresses[@]}" build-tsan/batchmill \
    run examples/classification/triage.yaml --simulate --no-progress --latency 100ms,0.5 \
    --faults 429=1%,500=1%,503=1%,reset=1%,drop=1%,truncate=1%,malformed=1%,html=1% \
    --set "input.path=[$tickets, $tickets, $tickets, $tickets, $tickets]" --set dedupe=false \
    --set "output.failed=$output/failed.jsonl" --output "$output/results.jsonl"
}

# Sanitized and optimized, the unit tests would be compiled twice, which doubles the time.
release() {
  local target=all selection=()
  if ! $unit_tests_in_release; then
    target=batchmill_but_unit_tests
    selection=(--exclude-regex '^unit: |^batchmill_tests_NOT_BUILT')
  fi
  build release "$target" "${release_options[@]}"
  step "All other tests"
  # Most of them wait for answers and timers more than they compute.
  ctest --preset release --no-tests=error --label-exclude "$left_out" "${selection[@]}" \
    --parallel "$((2 * $(processors)))"
}

use_ccache
for stage in "${stages[@]}" "${extra[@]}"; do "$stage"; done
