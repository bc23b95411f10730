#!/usr/bin/env bash
# Kills `batchmill finetune submit` at each of its remote steps and goes on with it; prints the steps.
#
# BATCHMILL and BATCHMILL_CRASHING name the programs; without them those in build/ are taken.
exec python3 "$(dirname "${BASH_SOURCE[0]}")/finetune_kill9.py" "$@"
