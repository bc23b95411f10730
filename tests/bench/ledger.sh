#!/usr/bin/env bash
# What the ledger costs: CPU per request with and without it, and bytes written per byte of output.
#
#   tests/bench/ledger.sh [--rows N] [--repeats N]
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/support/packages.sh

# shellcheck disable=SC2046 # one word a package
install_packages $(build_packages) $(test_packages)
use_ccache
cmake --preset release >/dev/null
cmake --build --preset release --target batchmill_program batchmill_without_ledger \
  --parallel "$(processors)" >/dev/null
BATCHMILL_WITHOUT_LEDGER=build/tests/bench/batchmill_without_ledger python3 tests/bench/ledger.py "$@"
