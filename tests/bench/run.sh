#!/usr/bin/env bash
# CPU per request of a complete run, of wrk as the floor, and of what else people use. Ten minutes;
# a quiet machine with two cores or more.
#
#   tests/bench/run.sh [--repeats N] [--rows N] [--clients wrk,batchmill,...] [--markdown FILE]
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/support/packages.sh

# shellcheck disable=SC2046 # one word a package
install_packages $(build_packages) nginx openssl wrk python3 python3-aiohttp
command -v node >/dev/null || install_packages nodejs npm
use_ccache
cmake --preset release >/dev/null
cmake --build --preset release --target batchmill_program --parallel "$(processors)" >/dev/null
python3 tests/bench/run.py "$@"
