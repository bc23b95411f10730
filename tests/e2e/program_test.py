"""The real program, from outside: what it prints, writes and returns.

Usage: program_test.py PROGRAM [unittest options]
"""

import gzip
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from harness import SANITIZED, SLOWER, sanitizers

PROGRAM = ""

JOB = """\
model: gpt-4o-mini
input: {path: rows.jsonl, id: id}
template:
  messages:
    - {role: user, content: "Sentiment, one of: good, bad.\\n{{ text }}"}
parameters: {temperature: 0, max_completion_tokens: 5}
output: {path: out.jsonl}
"""


def rows(count):
    return "".join(json.dumps({"id": f"r{i}", "text": f"row number {i}"}) + "\n" for i in range(count))


class Simulator:
    """`batchmill simulate` in a process of its own."""

    def __init__(self, *options):
        self.process = subprocess.Popen(
            [PROGRAM, "simulate", "--port", "0", *options], stderr=subprocess.PIPE, text=True
        )
        first = self.process.stderr.readline()
        self.url = re.search(r"http://\S+", first).group(0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate()


class ProgramTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = Path(self.folder.name)
        self.write("job.yaml", JOB)
        self.write("rows.jsonl", rows(50))

    def write(self, name, content):
        data = content if isinstance(content, bytes) else content.encode()
        (self.path / name).write_bytes(data)

    def command(self, *arguments):
        return [PROGRAM, *arguments]

    def run_program(self, *arguments, env=None, input=None):
        environment = {"PATH": os.environ["PATH"], **sanitizers(), **(env or {})}
        return subprocess.run(
            self.command(*arguments), cwd=self.path, env=environment, input=input,
            capture_output=True, text=True, timeout=120 * SLOWER, check=False,
        )

    def output(self, name="out.simulated.jsonl"):
        return [json.loads(line) for line in (self.path / name).read_text().splitlines()]

    def ids(self, name="out.simulated.jsonl"):
        return [line["custom_id"] for line in self.output(name)]

    # -- what comes out ----------------------------------------------------------------------

    def test_every_row_is_answered_in_order(self):
        done = self.run_program("run", "job.yaml", "--simulate")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.ids(), [f"r{i}" for i in range(50)])
        self.assertEqual(done.stdout, "")
        for line in self.output():
            self.assertIn(line["response"]["body"]["choices"][0]["message"]["content"], ("good", "bad"))

    def test_the_same_rehearsal_gives_the_same_answers(self):
        def answers():
            self.run_program("run", "job.yaml", "--simulate", "--seed", "7")
            return [line["response"]["body"]["choices"] for line in self.output()]

        self.assertEqual(answers(), answers())

    def test_a_rehearsal_asks_the_simulator_whatever_server_the_spec_names(self):
        done = self.run_program(
            "run", "job.yaml", "--simulate", "--set", "api.base_url=https://gateway.invalid/openai/v1",
            "--set", "api.proxy=http://proxy.invalid:3128",
        )
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_faults_are_overcome_and_memory_stays_flat(self):
        self.write("rows.jsonl", rows(20000))
        done = self.run_program(
            "run", "job.yaml", "--simulate", "--latency", "50ms,0.5", "--set", "limits.concurrency=1000",
            "--faults", "500=0.5%,503=0.5%,drop=0.5%,truncate=0.25%,malformed=0.25%",
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.ids(), [f"r{i}" for i in range(20000)])
        peak_kib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        self.assertTrue(SANITIZED or peak_kib < 150 * 1024, f"{peak_kib} KiB")
        summary = json.loads((self.path / "out.simulated.jsonl.summary.json").read_text())
        self.assertEqual(summary["rows"]["ok"], 20000)
        self.assertEqual(summary["attempts"], 20000 + summary["retries"])
        self.assertGreater(summary["retries"], 200)

    def test_input_may_come_compressed_by_glob_or_by_pipe(self):
        text = rows(30)
        self.write("part-1.jsonl.gz", gzip.compress(text[: text.index('{"id": "r10"')].encode()))
        self.write("part-2.jsonl", text[text.index('{"id": "r10"') :])
        done = self.run_program("run", "job.yaml", "--simulate", "--set", "input.path=part-*")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.ids(), [f"r{i}" for i in range(30)])
        done = self.run_program("run", "job.yaml", "--simulate", "--set", "input.path=-", input=text)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.ids(), [f"r{i}" for i in range(30)])

    def test_results_may_go_to_standard_output(self):
        for name in ("-", "/dev/stdout"):
            done = self.run_program("run", "job.yaml", "--simulate", "--output", name)
            self.assertEqual(done.returncode, 0, done.stderr)
            lines = [json.loads(line)["custom_id"] for line in done.stdout.splitlines()]
            self.assertEqual(lines, [f"r{i}" for i in range(50)])
        self.assertEqual(sorted(f.name for f in self.path.iterdir()), ["job.yaml", "rows.jsonl"])

    def test_standard_output_may_be_a_file(self):
        with open(self.path / "out.jsonl", "w", encoding="utf-8") as out:
            done = subprocess.run([PROGRAM, "run", "job.yaml", "--simulate", "--output", "-"],
                                  cwd=self.path, stdout=out, stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.ids("out.jsonl"), [f"r{i}" for i in range(50)])
        self.assertTrue((self.path / "out.jsonl.summary.json").exists())

    def test_a_canary_runs_the_first_rows_only(self):
        done = self.run_program("run", "job.yaml", "--simulate", "--limit", "3")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.ids(), ["r0", "r1", "r2"])

    def test_a_bad_row_fails_alone(self):
        self.write("rows.jsonl", rows(2) + '{"id": "r2", "txt": "?"}\n{"id": "r3", \n')
        done = self.run_program("run", "job.yaml", "--simulate", "--set", "output.failed=failed.jsonl")
        self.assertEqual(done.returncode, 1, done.stderr)
        lines = self.output()
        self.assertEqual(len(lines), 4)
        self.assertIn("did you mean 'txt'?", lines[2]["error"]["message"])
        self.assertIn("rows.jsonl:4:", lines[3]["error"]["message"])
        failed = (self.path / "failed.simulated.jsonl").read_text()
        self.assertEqual(failed, '{"id": "r2", "txt": "?"}\n{"id": "r3", \n')

    # -- exit codes and sentences ------------------------------------------------------------

    def test_check_sends_nothing_and_lists_every_fault(self):
        key = {"OPENAI_API_KEY": "sk-test"}
        # A model without a life of its own: those of the catalogue end one day, and are warned of.
        done = self.run_program("check", "job.yaml", "--set", "model=house/model", env=key)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.write("rows.jsonl", rows(2) + "[1]\nnot json\n" + rows(1))
        done = self.run_program("check", "job.yaml", env=key)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"rows\.jsonl:3:1: .*\n.*rows\.jsonl:4:2: ")
        self.assertIn("2 of 5 rows", done.stdout)

    def test_check_says_once_what_is_wrong_with_all_rows(self):
        key = {"OPENAI_API_KEY": "sk-test"}
        self.write("job.yaml", JOB.replace("model: gpt-4o-mini\n", ""))
        done = self.run_program("check", "job.yaml", env=key)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"^rows\.jsonl:1: .*`model`.* \(the same in all 50 rows\)\n$")

    def test_check_sees_what_run_refuses_to_begin_with(self):
        key = {"OPENAI_API_KEY": "sk-test"}
        cases = (
            ((), {}, "OPENAI_API_KEY"),
            (("output.path=no/such/out.jsonl",), key, "no/such"),
            (("api.key_file=no.key",), {}, "no.key"),
            (("api.ca_file=no.pem",), key, "no.pem"),
            (("api.base_url=http://example.com/v1",), key, "unencrypted"),
        )
        for settings, env, word in cases:
            options = [word for setting in settings for word in ("--set", setting)]
            for command in ("check", "run"):
                done = self.run_program(command, "job.yaml", *options, env=env)
                self.assertEqual(done.returncode, 2, (command, settings, done.stderr))
                self.assertIn(word, done.stderr)
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
                self.assertNotIn("sk-test", done.stderr)
        done = self.run_program("check", "job.yaml", "--set", "api.ca_file=no.pem",
                                "--set", "output.path=no/out.jsonl")
        self.assertEqual(len(done.stderr.splitlines()), 3, done.stderr)
        self.assertIn("all 50 rows are in order, but `run` would not begin", done.stdout)

    def test_wrong_usage_is_one_sentence_and_exit_code_2(self):
        for arguments in (
            ["run"], ["run", "missing.yaml"], ["run", "job.yaml", "--unknown"], [],
            ["run", "job.yaml", "--set", "limits.concurency=5"],
            ["run", "job.yaml", "--simulate", "--faults", "429=lots"],
            ["run", "job.yaml", "--latency", "1s"],
            ["run", "job.yaml", "--limit", "0"],
            ["run", "job.yaml", "--simulate", "--output", "no/such/folder.jsonl"],
        ):
            done = self.run_program(*arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertLessEqual(len(done.stderr.splitlines()), 2, done.stderr)
            self.assertNotIn("exception", done.stderr)
        self.assertIn("concurrency", self.run_program(
            "run", "job.yaml", "--set", "limits.concurency=5").stderr)
        done = self.run_program("stauts", "out.jsonl")
        self.assertEqual((done.returncode, done.stderr),
                         (2, "batchmill: there is no command `stauts`; did you mean `status`?\n"))
        self.assertEqual(self.run_program("finetune", "chek").stderr,
                         "batchmill: there is no command `chek`; did you mean `check`?\n")
        self.assertEqual(self.run_program("finetune").stderr, "batchmill: `batchmill finetune` "
                         "needs a command; `batchmill finetune --help` lists them\n")
        self.assertIn("--encoding", self.run_program("tokens", "rows.jsonl").stderr)
        self.assertIn("did you mean gpt-4o-mini?", self.run_program("models", "gtp-4o-mini").stderr)
        self.assertIn("gtp-4o-mini is not known; did you mean gpt-4o-mini?", self.run_program(
            "check", "job.yaml", "--set", "model=gtp-4o-mini").stderr)

    def test_a_missing_key_is_named_before_anything_is_touched(self):
        self.write("out.jsonl", "paid\n")
        done = self.run_program("run", "job.yaml", "--fresh")
        self.assertEqual(done.returncode, 2)
        self.assertIn("OPENAI_API_KEY", done.stderr)
        self.assertEqual((self.path / "out.jsonl").read_text(), "paid\n")

    def test_a_finished_run_is_not_paid_again_unless_asked_for(self):
        with Simulator() as server:
            def run(*options):
                return self.run_program(
                    "run", "job.yaml", *options, "--set", f"api.base_url={server.url}",
                    env={"OPENAI_API_KEY": "sk-x"},
                )

            self.assertEqual(run().returncode, 0)
            first = (self.path / "out.jsonl").read_bytes()
            again = run()
            self.assertEqual(again.returncode, 0, again.stderr)
            self.assertIn("complete", again.stderr)
            self.assertEqual((self.path / "out.jsonl").read_bytes(), first)
            for n in (1, 2):
                fresh = run("--fresh")
                self.assertEqual(fresh.returncode, 0, fresh.stderr)
                self.assertEqual(len(self.output(f"out.jsonl.{n}")), 50)
            self.assertEqual((self.path / "out.jsonl.1").read_bytes(), first)
            self.assertEqual(self.ids("out.jsonl"), [f"r{i}" for i in range(50)])

    def test_a_refused_key_stops_the_run_with_exit_code_3(self):
        with Simulator("--key", "sk-right") as server:
            done = self.run_program(
                "run", "job.yaml", "--set", f"api.base_url={server.url}",
                env={"OPENAI_API_KEY": "sk-very-wrong-key"},
            )
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("key", done.stderr)
        self.assertNotIn("sk-very-wrong-key", done.stderr)

    def test_a_key_never_goes_over_plain_http_to_another_machine(self):
        done = self.run_program(
            "run", "job.yaml", "--set", "api.base_url=http://192.0.2.1/v1",
            env={"OPENAI_API_KEY": "sk-secret-secret"},
        )
        self.assertEqual(done.returncode, 2)
        self.assertIn("http", done.stderr)
        self.assertNotIn("sk-secret-secret", done.stderr)

    def test_nothing_is_left_of_a_key(self):
        key = "sk-needle-in-the-haystack"
        with Simulator() as server:
            done = self.run_program(
                "run", "job.yaml", "--log", "json", "--set", f"api.base_url={server.url}",
                env={"OPENAI_API_KEY": key},
            )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn(key, done.stderr)
        for file in self.path.rglob("*"):
            if file.is_file():
                self.assertNotIn(key.encode(), file.read_bytes(), file)

    def test_a_full_disk_is_a_sentence_and_exit_code_3(self):
        with Simulator() as server:
            done = self.run_program(
                "run", "job.yaml", "--output", "/dev/full", "--set", f"api.base_url={server.url}",
                env={"OPENAI_API_KEY": "sk-x"},
            )
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("No space left", done.stderr)

    # -- stopping ----------------------------------------------------------------------------

    def interrupted(self, signals):
        self.write("rows.jsonl", rows(5000))
        partial = self.path / "out.simulated.jsonl"
        partial.unlink(missing_ok=True)
        running = subprocess.Popen(
            self.command("run", "job.yaml", "--simulate", "--latency", "200ms", "--log", "json",
                         "--set", "limits.concurrency=20"),
            cwd=self.path, stderr=subprocess.PIPE, text=True,
        )
        while not partial.exists() or partial.stat().st_size == 0:
            time.sleep(0.01)
        for number in signals:
            running.send_signal(number)
            if len(signals) > 1:
                running.stderr.readline()
        running.communicate(timeout=30)
        return running.returncode

    def test_an_interrupted_run_leaves_a_clean_prefix(self):
        for signals in ([signal.SIGINT], [signal.SIGTERM], [signal.SIGINT, signal.SIGINT]):
            with self.subTest(signals=signals):
                self.assertEqual(self.interrupted(signals), 130)
                ids = self.ids()
                self.assertLess(0, len(ids))
                self.assertLess(len(ids), 5000)
                self.assertEqual(ids, [f"r{i}" for i in range(len(ids))])

    # -- logs --------------------------------------------------------------------------------

    def test_the_json_log_is_json_and_nothing_else(self):
        done = self.run_program("run", "job.yaml", "--simulate", "--log", "json")
        events = [json.loads(line)["event"] for line in done.stderr.splitlines()]
        events = [event for event in events if event != "notice"]  # of a build without token tables
        self.assertEqual((events[0], events[-1]), ("started", "finished"))

    def test_quiet_says_nothing_when_all_is_well(self):
        done = self.run_program(
            "run", "job.yaml", "--simulate", "--quiet", "--set", "model=house/model"
        )
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_tokens_are_counted_as_wc_counts_words(self):
        self.write("a.txt", "hello world")
        self.write("b.txt", "don't DON'T we'LL")
        done = self.run_program("tokens", "--encoding", "o200k_base", "a.txt", "b.txt")
        if "built without the token table" in done.stderr:
            self.skipTest(done.stderr)
        self.assertEqual(
            (done.returncode, done.stdout), (0, "        2 a.txt\n        5 b.txt\n        7 total\n"))
        done = self.run_program("tokens", "--model", "gpt-4", "--ids", "a.txt")
        self.assertEqual((done.returncode, done.stdout), (0, "15339 1917\n"))
        done = self.run_program("tokens", "--model", "gpt-4o", input="hello world")
        self.assertEqual((done.returncode, done.stdout), (0, "2\n"))
        done = self.run_program("tokens", "--model", "llama", "a.txt")
        self.assertEqual(done.returncode, 2)
        self.assertIn("no encoding is known for the model \"llama\"", done.stderr)
        done = self.run_program("tokens", "--encoding", "o100k", "a.txt")
        self.assertEqual(done.returncode, 2)
        self.assertIn("o200k_base", done.stderr)
        done = self.run_program("tokens", "--model", "gpt-4o", "no.txt")
        self.assertEqual((done.returncode, done.stderr), (2, "batchmill: no.txt: No such file or directory\n"))

    def test_tokens_are_estimated_without_tables(self):
        """Only where the build had none: the run goes on, and says so once."""
        done = self.run_program("run", "job.yaml", "--simulate")
        self.assertEqual(done.returncode, 0, done.stderr)
        tables = self.run_program("tokens", "--encoding", "o200k_base", "job.yaml").returncode == 0
        self.assertEqual(done.stderr.count("are estimated"), 0 if tables else 1)

    def test_the_schema_is_json(self):
        schema = json.loads(self.run_program("schema").stdout)
        self.assertIn("template", schema["properties"])


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
