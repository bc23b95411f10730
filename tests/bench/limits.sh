#!/usr/bin/env bash
# How much of a rate limit is used, and how many requests are refused? Ours and the cookbook's way.
#
#   tests/bench/limits.sh [--seconds N] [--at-once N] [--only WORD] [--markdown FILE]
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/support/packages.sh

# shellcheck disable=SC2046 # one word a package
install_packages $(build_packages) python3
use_ccache
cmake --preset release >/dev/null
cmake --build --preset release --target batchmill_program --parallel "$(processors)" >/dev/null
python3 tests/bench/limits.py "$@"
