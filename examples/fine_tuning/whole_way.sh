#!/usr/bin/env bash
# The whole way from raw rows to a tuned model and its comparison with the base, in a copy of this
# folder and against the built-in simulator: without a key, and nothing is paid. BATCHMILL names the
# program, else build/batchmill is taken.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
batchmill=$(realpath -m "${BATCHMILL:-$here/../../build/batchmill}")
[ -x "$batchmill" ] || { echo "$batchmill is not there: build it (examples/quickstart.sh)" >&2; exit 2; }
work=$(mktemp -d)

: >"$work/simulator.log"
"$batchmill" simulate --port 0 --tuning-time 2s --latency 20ms 2>"$work/simulator.log" &
simulator=$!
trap 'kill $simulator 2>/dev/null; wait $simulator 2>/dev/null || true; rm -rf "$work"' EXIT
until url=$(grep -o 'http://[^ ]*/v1' "$work/simulator.log"); do
  kill -0 $simulator 2>/dev/null || { cat "$work/simulator.log" >&2; exit 1; }
  sleep 0.05
done

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
export OPENAI_API_KEY=any
cp "$here"/*.{jsonl,yaml} "$work"
cd "$work"

say "1. A large model labels the messages"
"$batchmill" run label.yaml --set api.base_url="$url"
say "2. Its answers become training data"
"$batchmill" finetune prepare distill.yaml
say "3. The fine-tuning job is submitted"
"$batchmill" finetune submit tune.yaml --base-url "$url" --yes
say "4. It is watched"
"$batchmill" finetune watch tune.yaml --base-url "$url" --poll 200ms
say "5. The tuned model is compared with its base"
"$batchmill" finetune compare tune.yaml --base-url "$url" --set parameters.temperature=0 "$@"
