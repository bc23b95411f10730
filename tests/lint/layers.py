#!/usr/bin/env python3
"""Finds includes that go against the layers.

    layers.py               checks the repository
    layers.py --self-test
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)

# Folder -> what it may not include, and why. The first folder that fits a file counts.
FORBIDDEN = (
    ("jobs/", r"runner/", "jobs do not know the runner: use what include/batchmill offers"),
    ("runner/main.cpp", r"$^", ""),  # the composition root
    ("runner/cli/", r"$^", ""),
    ("runner/flow/", r"jobs/|runner/(engine|net|progress|spec|simulator|cli)/",
     "runner/flow holds pure decisions: it knows include/batchmill and itself"),
    ("runner/engine/", r"jobs/|runner/(net|progress|spec|simulator|cli)/",
     "the engine knows include/batchmill, runner/flow and itself"),
    ("runner/batch/", r"jobs/|runner/(net|progress|spec|simulator|cli)/",
     "runner/batch knows include/batchmill, runner/flow, runner/engine and runner/remote"),
    ("runner/fine_tuning/", r"jobs/|runner/(net|simulator|cli)/",
     "runner/fine_tuning knows include/batchmill and the rest of the runner, but not the network"),
    ("runner/net/", r"jobs/|runner/(engine|progress|spec|simulator|cli)/",
     "runner/net knows include/batchmill and runner/flow"),
    ("runner/remote/", r"jobs/|runner/(net|progress|spec|simulator|cli)/",
     "runner/remote knows include/batchmill, runner/flow and runner/engine"),
    ("runner/spec/", r"jobs/|runner/(engine|net|progress|simulator|cli)/",
     "runner/spec knows include/batchmill and runner/flow"),
    ("runner/progress/", r"jobs/|runner/(engine|net|spec|simulator|cli)/",
     "runner/progress knows include/batchmill, runner/flow and the objects of runner/remote"),
    ("runner/", r"jobs/", "the runner does not know the jobs: use what include/batchmill offers"),
)
# What a public header may include: the standard library, whose names have no folder, the vector
# instructions of the compiler, and this.
PUBLIC = re.compile(
    r"batchmill/[\w/]+\.hpp|boost/system/\w+\.hpp|boost/asio/(awaitable|io_context)\.hpp"
)
# Heavy or private libraries stay in one room.
ROOMS = (
    (r"yaml-cpp/", "runner/spec/", "only runner/spec knows yaml-cpp"),
    (r"CLI/", "runner/cli/", "only runner/cli knows CLI11"),
)


def fault_of(path: str, bracket: str, included: str) -> str | None:
    """Why the file at `path` may not include this; None when it may."""
    if path.startswith("include/"):
        is_standard = bracket == "<" and re.fullmatch(r"\w+|[a-z]mmintrin\.h", included)
        if is_standard or PUBLIC.fullmatch(included):
            return None
        return "public headers include std, boost/system, awaitable and batchmill/ only"
    for folder, pattern, sentence in FORBIDDEN:
        if path.startswith(folder):
            if re.match(pattern, included):
                return sentence
            break
    for pattern, room, sentence in ROOMS:
        if re.match(pattern, included) and path.startswith(("runner/", "jobs/")):
            if not path.startswith(room) and path != "runner/main.cpp":
                return sentence
    if bracket == '"' and (included.startswith(".") or "/" not in included):
        if not path.startswith("examples/"):
            return "includes are written from the repository's root"
    return None


def faults(path: str, source: str) -> list[tuple[int, str]]:
    found = []
    for match in INCLUDE.finditer(source):
        if sentence := fault_of(path, match[1], match[2]):
            line = source.count("\n", 0, match.start(2)) + 1
            found.append((line, f"{match[2]}: {sentence}"))
    return found


def check() -> int:
    count = files = 0
    for folder in ("include", "runner", "jobs", "tests", "examples"):
        for path in sorted((ROOT / folder).rglob("*.[ch]pp")):
            name = path.relative_to(ROOT).as_posix()
            files += 1
            for line, sentence in faults(name, path.read_text(encoding="utf-8")):
                print(f"{name}:{line}: {sentence}")
                count += 1
    print(f"layers: {files} files, {count} faults")
    return count


GOOD = (
    ("jobs/chat.cpp", '"batchmill/job.hpp"'),
    ("jobs/chat.cpp", '"jobs/template.hpp"'),
    ("jobs/chat.cpp", "<boost/json.hpp>"),
    ("runner/flow/budget.hpp", '"runner/flow/limits.hpp"'),
    ("runner/engine/scheduler.cpp", '"runner/flow/budget.hpp"'),
    ("runner/run.cpp", '"runner/net/https_transport.hpp"'),
    ("runner/cli/run.cpp", '"jobs/template.hpp"'),
    ("runner/cli/run.cpp", "<CLI/CLI.hpp>"),
    ("runner/main.cpp", "<CLI/CLI.hpp>"),
    ("runner/spec/read.cpp", "<yaml-cpp/yaml.h>"),
    ("include/batchmill/run.hpp", "<string_view>"),
    ("include/batchmill/run.hpp", '"batchmill/job_spec.hpp"'),
    ("include/batchmill/run.hpp", "<boost/asio/awaitable.hpp>"),
    ("include/batchmill/scan.hpp", "<emmintrin.h>"),
    ("include/batchmill/job.hpp", "<boost/system/result.hpp>"),
    ("tests/unit/jobs/chat_test.cpp", '"runner/net/pool.hpp"'),
)
BAD = (
    ("jobs/chat.cpp", '"runner/flow/budget.hpp"'),
    ("runner/run.cpp", '"jobs/template.hpp"'),
    ("runner/net/pool.cpp", '"jobs/template.hpp"'),
    ("runner/flow/budget.hpp", '"runner/engine/scheduler.hpp"'),
    ("runner/flow/budget.hpp", '"runner/simulator/server.hpp"'),
    ("runner/net/pool.cpp", '"runner/engine/scheduler.hpp"'),
    ("runner/engine/scheduler.cpp", '"runner/net/https_transport.hpp"'),
    ("runner/progress/live.cpp", '"runner/spec/read.hpp"'),
    ("runner/net/pool.cpp", "<yaml-cpp/yaml.h>"),
    ("jobs/chat.cpp", "<CLI/CLI.hpp>"),
    ("jobs/chat.cpp", '"template.hpp"'),
    ("jobs/chat.cpp", '"../jobs/template.hpp"'),
    ("include/batchmill/run.hpp", "<boost/asio.hpp>"),
    ("include/batchmill/run.hpp", "<fmt/format.h>"),
    ("include/batchmill/run.hpp", '"runner/run.hpp"'),
)


def self_test() -> int:
    wrong = [("flagged", *case) for case in GOOD if faults(case[0], f"#include {case[1]}\n")]
    wrong += [("missed", *case) for case in BAD if not faults(case[0], f"#include {case[1]}\n")]
    if faults("jobs/a.cpp", '// #include "runner/x.hpp"\n\n#  include "runner/x.hpp"')[0][0] != 3:
        wrong.append(("misplaced", "line 3"))
    for case in wrong:
        print(*case)
    print(f"layers: self-test, {len(wrong)} wrong")
    return len(wrong)


if __name__ == "__main__":
    sys.exit(bool(self_test() if sys.argv[1:] == ["--self-test"] else check()))
