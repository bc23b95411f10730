#!/usr/bin/env bash
# Kills a run through the Batch API at each of its steps and goes on with it; prints the steps.
#
#   tests/e2e/batch_kill9.sh [--rows N]
#
# BATCHMILL and BATCHMILL_CRASHING name the programs; without them those in build/ are taken.
exec python3 "$(dirname "${BASH_SOURCE[0]}")/batch_kill9.py" "$@"
