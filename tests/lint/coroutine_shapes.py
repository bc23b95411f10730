#!/usr/bin/env python3
"""Finds coroutine code that GCC 12 miscompiles, and what the project forbids beside it.

    coroutine_shapes.py [FILE...]     without files: all sources of the repository
    coroutine_shapes.py --self-test

GCC 12 destroys temporaries twice, or takes the wrong branch, in many statements that hold a
co_await next to something else. These forms are safe, and the only ones allowed:

    co_await f(a, std::move(b));      auto x = co_await f(a);      co_return co_await f(a);
    while (co_await f(a))             for (auto& x : co_await f())
"""

import pathlib
import re
import sys
from collections.abc import Iterator

from cpp_statements import Statement, closing, code_only, opening, statements

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("include", "runner", "jobs", "tests", "examples")

Fault = tuple[int, str]  # offset, sentence

PREFIX = re.compile(r"\s*(else\b|do\b|case\b(?:[^:]|::)*:|\w+\s*:(?!:)|\[\[\w+\]\])")
CONTROL = re.compile(r"\s*(if|switch|while|for)\s*(?:constexpr\s*)?(?=\()")
ALLOWED_BEFORE = re.compile(r"\s*(co_return|[^()]*[^=!<>]=)?\s*")
SCALAR = re.compile(r"\b(bool|char|short|int|long|unsigned|float|double|u?int\d+_t|size_t)\b|\*")
ENUMERATOR = re.compile(r"(\w+::)+\w+")

NAME_IT = "name the result on a line of its own first"


def without_nested(opener: str, closer: str, text: str) -> str:
    """The text without the balanced brackets of this kind."""
    group = re.compile(f"{opener}[^{opener}{closer}]*{closer}")
    while group.search(text):
        text = group.sub("", text)
    return text


def plain_faults(text: str, at: int) -> Iterator[Fault]:
    """Faults of an expression or declaration, conditions not among them."""
    awaits = [m.start() for m in re.finditer(r"(?<!operator )\bco_await\b", text)]
    if not awaits:
        return
    first = at + awaits[0]
    if len(awaits) > 1:
        yield first, "two co_await in one statement: " + NAME_IT
    if "{" in text:
        yield first, "braces in a co_await statement: give the value a name and std::move it in"
    if "?" in text:
        yield first, "co_await and ?: in one statement: use if and else"
    if re.search(r"\s&&\s|\|\|", text):
        yield first, "co_await under && or ||: " + NAME_IT
    elif not ALLOWED_BEFORE.fullmatch(without_nested(r"\(", r"\)", text[: awaits[0]])):
        yield first, "co_await inside a larger expression: " + NAME_IT


def condition_faults(keyword: str, condition: str, at: int) -> Iterator[Fault]:
    *before, last = condition.split(";")
    offset = at
    for part in before:
        yield from plain_faults(part, offset)
        offset += len(part) + 1
    await_at = last.find("co_await")
    if await_at < 0:
        return
    if keyword in ("if", "switch"):
        yield offset + await_at, f"co_await in the condition of {keyword}: {NAME_IT}"
    elif keyword == "while" and not last.lstrip().startswith("co_await"):
        yield offset + await_at, "co_await inside a larger condition: " + NAME_IT
    elif keyword == "for" and before:
        yield offset + await_at, "co_await in the head of for: use while"
    else:  # while (co_await ...), for (x : co_await ...)
        yield from plain_faults(last[await_at:], offset + await_at)


def await_faults(statement: Statement) -> Iterator[Fault]:
    text, at = statement.text, statement.start
    if "co_await" not in text:
        return
    for found in statement.lambdas:
        captures = [c.strip() for c in found.captures.split(",") if c.strip()]
        if any(not c.startswith(("&", "this")) for c in captures):
            yield found.start, "a lambda in a co_await statement captures by value: name it first"
    position = 0
    while True:
        if prefix := PREFIX.match(text, position):
            position = prefix.end()
        elif control := CONTROL.match(text, position):
            end = closing(text, control.end())
            inside = text[control.end() + 1 : end - 1]
            yield from condition_faults(control[1], inside, at + control.end() + 1)
            position = end
        else:
            break
    yield from plain_faults(text[position:], at + position)


def closure_faults(statement: Statement, code: str) -> Iterator[Fault]:
    """A coroutine lambda called where it stands dies before the coroutine does."""
    for found in statement.lambdas:
        is_coroutine = re.search(r"\bco_(await|return|yield)\b", code[slice(*found.body)])
        called = code[found.body[1] :].lstrip().startswith("(")
        if found.captures and is_coroutine and called:
            yield found.start, "a capturing coroutine lambda called at once: name it first"


def parameters(code: str) -> Iterator[tuple[int, str]]:
    """The parameter lists of functions and lambdas that return awaitable<>."""
    for match in re.finditer(r"(->\s*)?(?:\w+::)*\bawaitable<", code):
        if match[1]:
            before = code[: match.start()].rstrip()
            start = opening(code, len(before) - 1) if before.endswith(")") else -1
        else:
            depth, i = 1, match.end()
            while depth and i < len(code):
                depth += {"<": 1, ">": -1}.get(code[i], 0)
                i += 1
            name = re.compile(r"\s*[\w:~]+\s*(?=\()").match(code, i)
            start = name.end() if name else -1
        if start >= 0:
            yield start + 1, code[start + 1 : closing(code, start) - 1]


def top_level_parts(text: str) -> Iterator[tuple[int, str]]:
    depth = start = 0
    for i, c in enumerate(text + ","):
        depth += (c in "([{<") - (c in ")]}>")
        if c == "," and depth == 0:
            yield start, text[start:i]
            start = i + 1


def default_faults(code: str) -> Iterator[Fault]:
    for at, listed in parameters(code):
        for offset, parameter in top_level_parts(listed):
            declared, has_default, value = parameter.partition("=")
            is_scalar = SCALAR.search(without_nested("<", ">", declared))
            if has_default and not is_scalar and not ENUMERATOR.fullmatch(value.strip()):
                start = at + offset + len(parameter) - len(parameter.lstrip())
                yield start, "a default argument of class type on a coroutine: write an overload"


def faults(source: str, in_runner: bool) -> list[tuple[int, str]]:
    """Line numbers and sentences."""
    code = code_only(source)
    found: list[Fault] = list(default_faults(code))
    for statement in statements(code):
        found += await_faults(statement)
        found += closure_faults(statement, code)
    if in_runner:
        found += [(m.start(), "detached work: spawn it in a task_group, which waits for it")
                  for m in re.finditer(r"\bdetached\b", code)]
    return sorted((source.count("\n", 0, at) + 1, sentence) for at, sentence in set(found))


def sources() -> list[pathlib.Path]:
    return sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.[ch]pp"))


def check(paths: list[pathlib.Path]) -> int:
    count = 0
    for path in paths:
        in_runner = (ROOT / "runner") in path.resolve().parents
        for line, sentence in faults(path.read_text(encoding="utf-8"), in_runner):
            print(f"{path}:{line}: {sentence}")
            count += 1
    print(f"coroutine shapes: {len(paths)} files, {count} faults")
    return count


GOOD = r"""
co_await f(a, std::move(b));
auto x = co_await f(a);
const auto [ec, n] = co_await op(buffer(data), as_result);
co_return co_await f(std::string("x"));
co_return;
x = co_await f();
*target = co_await f();
rows[index(i)] = co_await f();
(void)co_await f();
if (ready) co_await f(a);
else co_return co_await g();
while (co_await f(a)) { step(); }
for (auto& x : co_await f()) use(x);
if (auto [e] = co_await f(); e) return;
switch (kind) { case kind::a: co_await f(); break; default: co_await g(); }
co_await f([&] { return count{1}; });
co_await f([](int v) { return point{v, v}; });
co_await f([this] { wake(); });
auto body = [x]() -> awaitable<void> { co_await f(x); }; co_await body();
auto r = result{1}; co_await f(std::move(r));
log("co_await f({}) ? a : b");  // if (co_await f({1}))
co_spawn(io, [&]() -> awaitable<void> { co_await f(); }, done);
struct row { row() = default; int a{0}; };
row::row(int a) : a_(a), b_{a} { start(); }
awaitable<void> f(int retries = 3, bool last = false, const char* name = nullptr);
awaitable<void> f(mode m = mode::fast, std::size_t n = limit<int>{});
void f(std::string text = "x");
auto million = 1'000'000; char c = '{'; co_await f(million, c);
if (const auto x = find(a); x && ready) { co_await f(x); }
auto&& value = co_await f();
template <class T> requires fits<T> awaitable<T> once(T value) { co_return co_await f(value); }
run(io, [](int n) -> awaitable<void> { co_await f(n); }(3));
auto text = R"({"a": co_await {} })";
"""

BAD = r"""
co_await f(point{1, 2});
co_await f({1, 2});
co_await f(options{});
auto x = co_await f(std::array{a, b});
point p{.x = co_await f()};
points.push_back(point{co_await f()});
points.push_back(co_await f());
co_await f([x] { return x; });
co_await f([x = std::move(y)]() mutable { use(x); });
co_await co_spawn(io, [=]() -> awaitable<void> { co_return; }, use_awaitable);
co_await [x]() -> awaitable<void> { co_return; }();
if (co_await f("text")) return;
if (!co_await f()) return;
if (int n = 0; co_await f(n)) return;
else if (co_await f()) return;
switch (co_await f(a)) { default: break; }
while (!co_await f()) step();
bool both = co_await a() && co_await b();
bool either = ready || co_await b();
co_await (a() || b());
auto x = c ? y : co_await f();
co_await (c ? f(a) : g(b));
REQUIRE(co_await f() == 3);
sum(co_await f());
total += co_await f() + co_await g();
auto n = (co_await f()).size();
co_return answer{co_await f()};
for (int i = 0; i < co_await f(); ++i) step();
for (auto& x : co_await f({1})) use(x);
auto t = [&]() -> awaitable<void> { co_await f(); }();
awaitable<void> f(options o = {});
awaitable<void> f(std::optional<int> limit = 3);
awaitable<result<int>> session::f(int a, const std::string& name = "x");
auto f = [](std::vector<int> v = std::vector<int>()) -> awaitable<void> { co_return; };
co_spawn(io, f(), detached);
void g() { auto inner = [&]() -> awaitable<void> { co_await f({}); }; }
"""


def self_test() -> int:
    wrong = [("flagged", line) for line in GOOD.splitlines() if faults(line, True)]
    wrong += [("missed", line) for line in BAD.splitlines() if line and not faults(line, True)]
    for verdict, line in wrong:
        print(f"{verdict}: {line}")
        for _, sentence in faults(line, True):
            print(f"    {sentence}")
    if faults("\n\nco_await f({});\n", False)[0][0] != 3:
        wrong.append(("misplaced", "line 3"))
    if faults("co_spawn(io, f(), detached);", False):
        wrong.append(("flagged", "detached outside runner/"))
    print(f"coroutine shapes: self-test, {len(wrong)} wrong")
    return len(wrong)


if __name__ == "__main__":
    if sys.argv[1:] == ["--self-test"]:
        sys.exit(bool(self_test()))
    sys.exit(bool(check([pathlib.Path(name) for name in sys.argv[1:]] or sources())))
