#!/usr/bin/env bash
# Runs the table of network faults and prints it.
#
#   tests/e2e/faults.sh [--some] [NAME...]
#
# BATCHMILL names the program; without it build/batchmill is taken.
exec python3 "$(dirname "${BASH_SOURCE[0]}")/faults.py" "$@"
