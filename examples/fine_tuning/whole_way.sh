#!/usr/bin/env bash
# From raw rows to a tuned model, against the simulator: a large model labels tickets, its answers
# become training data, a small model is trained on them and watched.
#
#   BATCHMILL=build/batchmill examples/fine_tuning/whole_way.sh
#
# Everything is made in a folder of its own, which is removed at the end.
set -euo pipefail

batchmill=$(realpath "${BATCHMILL:-$(command -v batchmill)}")
examples=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
work=$(mktemp -d)
export OPENAI_API_KEY=sk-simulated

"$batchmill" simulate --port 0 --tuning-time 2s 2> "$work/simulator.log" &
simulator=$!
trap 'kill $simulator; wait $simulator; rm -r "$work"' EXIT
until api=$(grep -o 'http://[^ ]*/v1' "$work/simulator.log"); do sleep 0.05; done

mkdir "$work/fine_tuning"
cp -r "$examples/classification" "$work"
cp "$examples"/fine_tuning/{distill,tune}.yaml "$work/fine_tuning"
cd "$work/fine_tuning"

echo "1. A large model labels the tickets."
"$batchmill" run ../classification/triage.yaml --set model=gpt-4.1 --set api.base_url="$api" \
  -o labels.jsonl --quiet

echo "2. Its answers become training data."
"$batchmill" finetune prepare distill.yaml

echo "3. The files go up, and the job is created."
"$batchmill" finetune submit tune.yaml --yes --api "$api"

echo "4. The job is watched to its end."
"$batchmill" finetune watch tune.yaml --api "$api" --poll 200ms --no-progress | tail -n 20

echo "5. The model is there."
"$batchmill" finetune checkpoints tune.yaml --api "$api"
