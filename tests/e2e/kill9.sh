#!/usr/bin/env bash
# Kills a run with SIGKILL at random instants, starts it again each time, and counts.
#
#   tests/e2e/kill9.sh [--kills N] [--rows N] [--concurrency N] [--seed N]
#
# BATCHMILL names the program; without it build/batchmill is taken.
exec python3 "$(dirname "${BASH_SOURCE[0]}")/kill9.py" "$@"
