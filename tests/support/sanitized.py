#!/usr/bin/env python3
"""Runs a test with programs that were built with sanitizers. It fails if any of them reported something,
be it a process whose end the test does not look at.

    sanitized.py COMMAND...
"""

import os
import pathlib
import subprocess
import sys
import tempfile

# GCC's UndefinedBehaviorSanitizer writes to standard error beside AddressSanitizer, whatever its
# options say, so it has to abort, which the latter reports. The resolver of tests/e2e/false_names.cpp
# is loaded before AddressSanitizer.
OPTIONS = {
    "ASAN_OPTIONS": "exitcode=66:handle_abort=1:detect_stack_use_after_return=1:"
                    "strict_string_checks=1:check_initialization_order=1:verify_asan_link_order=0",
    "UBSAN_OPTIONS": "halt_on_error=1:abort_on_error=1:print_stacktrace=1",
}


def main(command: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="batchmill-reports-") as folder:
        os.chmod(folder, 0o1777)  # some tests run the program as another user
        environment = {**os.environ, "BATCHMILL_SANITIZED": "1"}
        for name, options in OPTIONS.items():
            environment[name] = f"{options}:log_path={folder}/report"
        code = subprocess.run(command, env=environment, check=False).returncode
        reports = sorted(pathlib.Path(folder).iterdir())
        for report in reports:
            print(report.read_text(encoding="utf-8", errors="replace"))
        if reports:
            print(f"sanitizers reported in {len(reports)} processes")
            return 1
        return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
