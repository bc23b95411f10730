"""Azure's addresses and its header for the key, and GET, against the simulator."""
import json
import os
import pathlib
import subprocess
import tempfile

from harness import PROGRAM, Simulator


def run(folder, spec, key):
    (folder / "job.yaml").write_text(spec)
    environment = {k: v for k, v in os.environ.items() if not k.endswith("_API_KEY")} | key
    result = subprocess.run([PROGRAM, "run", str(folder / "job.yaml"), "--fresh", "--no-progress"],
                            stderr=subprocess.PIPE, text=True, check=False, env=environment)
    output = folder / "results.jsonl"
    lines = output.read_text().splitlines() if output.exists() else []
    return result, [json.loads(line) for line in lines]


def azure(folder, base_url):
    (folder / "rows.jsonl").write_text('{"t": "one"}\n{"t": "two"}\n')
    spec = f"""model: gpt-4o-mini
input: {{path: rows.jsonl}}
template: {{messages: [{{role: user, content: "{{{{ t }}}}"}}]}}
output: {{path: results.jsonl, format: text}}
api: {{flavor: azure, base_url: "{base_url.removesuffix('/v1')}"}}
"""
    result, lines = run(folder, spec, {"AZURE_OPENAI_API_KEY": "any-key"})
    assert result.returncode == 0 and len(lines) == 2, result.stderr
    result, _ = run(folder, spec, {"AZURE_OPENAI_API_KEY": "wrong-key"})
    assert result.returncode == 3 and "AZURE_OPENAI_API_KEY" in result.stderr, result.stderr
    assert "wrong-key" not in result.stderr
    result, _ = run(folder, spec, {"OPENAI_API_KEY": "any-key"})
    assert result.returncode == 2 and "AZURE_OPENAI_API_KEY is not set" in result.stderr
    (folder / "rows.jsonl").write_text('{"t": "one"}\n')
    result, _ = run(folder, spec.replace("gpt-4o-mini", "no-such"), {"AZURE_OPENAI_API_KEY": "any-key"})
    assert result.returncode == 3 and "no-such" in result.stderr, result.stderr


def get(folder, base_url):
    (folder / "rows.jsonl").write_text('{"custom_id": "a", "limit": 1}\n{"custom_id": "b"}\n')
    spec = f"""endpoint: /v1/models
method: GET
input: {{path: rows.jsonl, format: bodies}}
output: {{path: results.jsonl, format: text}}
api: {{base_url: "{base_url}"}}
"""
    result, lines = run(folder, spec, {"OPENAI_API_KEY": "any-key"})
    assert result.returncode == 0, result.stderr
    assert [line["custom_id"] for line in lines] == ["a", "b"]
    assert lines[1]["text"]["object"] == "list"


with tempfile.TemporaryDirectory() as name, Simulator("--key", "any-key") as simulator:
    azure(pathlib.Path(name), simulator.base_url)
    get(pathlib.Path(name), simulator.base_url)
    print("Azure's addresses, its key, GET: as they should be")
