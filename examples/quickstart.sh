#!/usr/bin/env bash
# From a fresh clone to a running job: installs what is missing, builds the program into build/ and
# classifies 600 support tickets against the built-in simulator. Needs no API key.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
source tests/support/packages.sh

build_program() {
  use_ccache
  if [ ! -f build/build.ninja ]; then
    say "Configuring a Release build in build/"
    cmake --preset release -DBATCHMILL_TESTS=OFF >/dev/null # errors come by stderr
  fi
  say "Building build/batchmill (the first time takes some minutes)"
  cmake --build build --target batchmill_program --parallel "$(processors)"
}

# 250 ms in the middle, two faults in a hundred requests, and a limit that makes it last 4 seconds.
run_example() {
  local command=(
    build/batchmill run examples/classification/triage.yaml
    --simulate --latency "250ms,0.4" --faults "429=1%,500=1%"
    --set limits.requests_per_minute=10000 --set output.format=text
  )
  say "${command[*]}"
  "${command[@]}"
}

show_results() {
  local width=100 line
  if [ -t 1 ]; then width=$(tput cols 2>/dev/null || echo 100); fi
  say "The first lines of $1"
  head -n 5 "$1" | while IFS= read -r line; do echo "${line:0:width}"; done
}

# shellcheck disable=SC2046 # one word a package
install_packages $(build_packages)
build_program
run_example
show_results examples/classification/results.simulated.jsonl
say "The other examples: examples/README.md. How a job is written: README.md"
