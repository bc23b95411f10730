"""Cuts C++ source into statements, well enough for a lint: no preprocessor, no templates' meaning.

A brace is one of three things: a block (it ends the statement before it), the body of a lambda (a
hole in the statement around it) or an initialiser (part of its statement).
"""

import re
from dataclasses import dataclass, field

UNREAD = re.compile(
    r"""//[^\n]*|/\*.*?\*/                                  # comments
      |R"(?P<d>[^(\s]*)\(.*?\)(?P=d)"                       # raw strings
      |"(?:\\.|[^"\\\n])*"                                  # strings
      |(?<![0-9a-zA-Z])(?:u8|u|U|L)?'(?:\\.|[^'\\\n])+'     # characters, not 1'000
      |^[ \t]*\#(?:\\\n|[^\n])*                             # directives
    """,
    re.S | re.M | re.X,
)
NO_SUBSCRIPT = re.compile(r"\b(return|co_return|co_await)$")
DEFINITION = re.compile(r"^(template\s*<.*>\s*)?((inline|export)\s+)*"
                        r"(namespace|struct|class|enum|union|extern)\b")
SPECIFIERS = re.compile(r"(\s*\b(const|override|final|mutable|constexpr|noexcept)\b|\s*&&?)+$")
TRAILING_RETURN = re.compile(r"(?<=[\])])(\s*(mutable|noexcept))*\s*->[^;{}()=]*$")


@dataclass
class Lambda:
    start: int  # of the capture list
    captures: str
    body: tuple[int, int]  # from its `{` to behind its `}`


@dataclass
class Statement:
    start: int
    text: str  # bodies of lambdas blanked out
    lambdas: list[Lambda] = field(default_factory=list)


@dataclass
class Scope:
    kind: str  # block, lambda, initialiser or bracket
    opened: int
    start: int  # of the statement or text that is being read
    introducer: int = -1  # of a lambda: where its captures begin


def blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def code_only(source: str) -> str:
    """The source with comments, literals and directives blanked out; every offset stays."""
    return UNREAD.sub(lambda match: blank(match[0]), source)


def opening(code: str, closer: int) -> int:
    """Where the bracket opens that closes at `closer`; -1 when nowhere."""
    depth = 0
    for i in range(closer, -1, -1):
        if code[i] in ")]}":
            depth += 1
        elif code[i] in "([{":
            depth -= 1
            if depth == 0:
                return i
    return -1


def closing(code: str, opener: int) -> int:
    """Behind the bracket that closes the one at `opener`."""
    depth = 0
    for i in range(opener, len(code)):
        if code[i] in "([{":
            depth += 1
        elif code[i] in ")]}":
            depth -= 1
            if depth == 0:
                return i + 1
    return len(code)


def introducer_before(code: str, end: int) -> int:
    """Where the lambda begins whose head (up to its body) ends at `end`; -1 when it is none."""
    head = code[:end].rstrip()
    if head.endswith(")"):
        head = code[: opening(code, len(head) - 1)].rstrip()
        head = re.sub(r"(?<=\])\s*<[^\[\]{};]*>$", "", head)
    if not head.endswith("]"):
        return -1
    start = opening(code, len(head) - 1)
    before = code[:start].rstrip()
    is_subscript = re.search(r"[\w)\]]$", before) and not NO_SUBSCRIPT.search(before)
    return -1 if is_subscript else start


def head_end(code: str, start: int, end: int) -> int:
    """The end of a function's or lambda's head without specifiers and trailing return type."""
    head = code[start:end].rstrip()
    while True:
        shorter = SPECIFIERS.sub("", TRAILING_RETURN.sub("", head)).rstrip()
        if shorter == head:
            return start + len(head)
        head = shorter


class Reader:
    def __init__(self, code: str):
        self.code = code
        self.stack = [Scope("block", -1, 0)]
        self.statements: list[Statement] = []
        self.lambdas: list[Lambda] = []

    def read(self) -> list[Statement]:
        for i, c in enumerate(self.code):
            if c in "([":
                self.stack.append(Scope("bracket", i, i + 1))
            elif c in ")]" and len(self.stack) > 1:
                self.stack.pop()
            elif c == "{":
                self.open_brace(i)
            elif c == "}" and len(self.stack) > 1:
                self.close_brace(i)
            elif c == ";":
                self.end_statement(i)
        return sorted(self.statements, key=lambda s: s.start)

    def in_block(self) -> bool:
        return self.stack[-1].kind in ("block", "lambda")

    def open_brace(self, i: int) -> None:
        kind, introducer = self.kind_of(i)
        if kind == "block":
            self.emit(self.stack[-1], i)
        self.stack.append(Scope(kind, i, i + 1, introducer))

    def kind_of(self, i: int) -> tuple[str, int]:
        scope = self.stack[-1]
        head = self.code[scope.start : i].strip()
        end = head_end(self.code, scope.start, i)
        introducer = introducer_before(self.code, end)
        if introducer >= scope.start:
            return "lambda", introducer
        opens_block = (
            not head
            or (DEFINITION.match(head) and "=" not in head)
            or re.search(r"\b(else|do|try)$|:$", head)
            or self.code[end - 1] in ")}"
        )
        return ("block" if self.in_block() and opens_block else "initialiser"), -1

    def close_brace(self, i: int) -> None:
        scope = self.stack.pop()
        if scope.kind == "lambda":
            captures = self.code[scope.introducer + 1 : closing(self.code, scope.introducer) - 1]
            self.lambdas.append(Lambda(scope.introducer, captures.strip(), (scope.opened, i + 1)))
        elif scope.kind == "block" and self.in_block():
            self.stack[-1].start = i + 1

    def end_statement(self, i: int) -> None:
        scope = self.stack[-1]
        if scope.kind == "initialiser" and len(self.stack) > 1:  # a block after all
            scope.kind = "block"
            self.emit(self.stack[-2], scope.opened)
        if self.in_block():
            self.emit(scope, i)
            scope.start = i + 1

    def emit(self, scope: Scope, end: int) -> None:
        inside = [l for l in self.lambdas if scope.start <= l.start < end]
        outermost = [l for l in inside
                     if not any(o.body[0] < l.start < o.body[1] for o in inside)]
        text = self.code[scope.start : end]
        for found in outermost:
            a, b = (p - scope.start for p in found.body)
            text = text[:a] + blank(text[a:b]) + text[b:]
        self.statements.append(Statement(scope.start, text, outermost))


def statements(code: str) -> list[Statement]:
    """All statements of blanked code, heads of blocks and functions included."""
    return Reader(code).read()
