#!/usr/bin/env bash
# 10,000 requests in flight under mixed faults for some minutes: what memory, descriptors and rows
# do meanwhile, and whether the books are equal in the end.
#
#   tests/e2e/soak.sh [--minutes N] [--concurrency N] [--latency TIME]
#
# BATCHMILL names the program; without it build/batchmill is taken.
exec python3 "$(dirname "${BASH_SOURCE[0]}")/soak.py" "$@"
