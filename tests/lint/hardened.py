"""Is the program built as CMakeLists.txt means it to be, and does it start no other program, to which
it could hand a key? Usage: hardened.py PROGRAM [--fortified]"""
import re
import subprocess
import sys


def look(*options):
    return subprocess.run(["readelf", "--wide", *options, sys.argv[1]], check=True, text=True,
                          stdout=subprocess.PIPE, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}).stdout


header, segments, dynamic = look("--file-header"), look("--program-headers"), look("--dynamic")
imported = set(re.findall(r" UND (\w+)", look("--dyn-syms")))
stack = re.search(r"GNU_STACK .* (R\w*) ", segments)

faults = []
for holds, what in [
        (re.search(r"Type: +DYN", header), "it has a fixed address (-pie is missing)"),
        ("GNU_RELRO" in segments, "its relocations stay writable (-z relro is missing)"),
        (re.search(r"BIND_NOW|FLAGS_1.*NOW", dynamic), "it binds late (-z now is missing)"),
        (stack and "E" not in stack.group(1), "its stack is executable"),
        ("__stack_chk_fail" in imported, "its stack is not guarded (-fstack-protector-strong)"),
        ("--fortified" not in sys.argv or any(name.endswith("_chk") for name in imported),
         "the C library's calls are not checked (_FORTIFY_SOURCE)"),
        (not re.search(r"\((RPATH|RUNPATH)\)", dynamic), "it looks for libraries in a path of its own")]:
    if not holds:
        faults.append(what)
starters = {"fork", "vfork", "system", "popen", "posix_spawn", "posix_spawnp", "execl", "execle",
            "execlp", "execv", "execve", "execvp", "execvpe", "fexecve"}
faults += [f"it can start programs ({name})" for name in sorted(imported & starters)]
for fault in faults:
    print(f"{sys.argv[1]}: {fault}", file=sys.stderr)
sys.exit(1 if faults else 0)
