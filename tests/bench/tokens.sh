#!/usr/bin/env bash
# How fast tokens are counted: MB of text a second on one thread, for many kinds of text, beside npm's
# tiktoken and, where pip finds it, the native one, in the same run.
#
#   tests/bench/tokens.sh [ENCODING...]      o200k_base and cl100k_base when none is named
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
cmake --build build --target batchmill_tokens_bench >/dev/null
exec python3 tests/bench/tokens.py build/tests/bench/batchmill_tokens_bench build/tests/tokens/npm "$@"
