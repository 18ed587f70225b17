"""Statements and rows out of a stream of SQL as psql would cut it, in whatever pieces it comes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_STATEMENT = 64 * 1024 * 1024
_LONGEST_UNCUT = 1024 * 1024
_HEAD = 4000
# Comments in brackets before a statement's first word; those by line are gone already.
_COMMENTS = re.compile(rb"(?:/\*(?:[^*]|\*(?!/))*\*/\s*|--[^\n]*\n\s*)+")
_BLANK = re.compile(rb"\s*")
_MARKS = re.compile(rb"""['"$;()]|--|/\*|\b(?:begin|case|end)\b""", re.IGNORECASE)
_IN_ESCAPED = re.compile(rb"\\.|''|'", re.DOTALL)
_IN_COMMENT = re.compile(rb"/\*|\*/")
_DOLLAR = re.compile(rb"\$(?:[A-Za-z_\x80-\xff][\w\x80-\xff]*)?\$")
_WORD = re.compile(rb"[\w$\x80-\xff]")
_ROUTINE = re.compile(rb"create\s+(?:or\s+replace\s+)?(?:function|procedure)\b", re.IGNORECASE)
_COPY = re.compile(rb"copy\s.+\sfrom\s+stdin\b", re.IGNORECASE | re.DOTALL)
_ROWS_END = re.compile(rb"^\\\.\r?(?:\n|\Z)", re.MULTILINE)
_HEADER = re.compile(
    r"-- (?:Data for )?Name: (?P<name>.*); Type: (?P<kind>[A-Z ]+);"
    r" Schema: (?P<schema>.*?); Owner:"
)
_ENTRY_ID = re.compile(r"-- TOC entry (\d+) ")
_VERSION = re.compile(r"-- Dumped (from database|by pg_dump) version (\d+)")
_COMPLETE = "-- PostgreSQL database dump complete"
_BEGUN = "-- PostgreSQL database dump"
_BACKSLASHES = re.compile(rb"set\s+standard_conforming_strings\s*(?:=|to)\s*'?(\w+)", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """What pg_dump says of the statements that follow; `id` is the archive's, 0 if unsaid."""

    kind: str
    schema: str
    name: str
    id: int = 0


@dataclass(frozen=True)
class Statement:
    """One statement with its semicolon. `rows` says that rows follow (COPY … FROM stdin)."""

    number: int
    line: int
    text: bytes
    entry: Entry | None
    rows: bool = False


@dataclass(frozen=True)
class Rows:
    """A block of COPY data: whole or broken lines. `ends` counts the lines that end in it."""

    block: bytes
    ends: int


@dataclass(frozen=True)
class RowsEnd:
    """The end of COPY data; not `complete` when the stream ended in the middle of it."""

    complete: bool


@dataclass(frozen=True)
class PsqlCommand:
    """A line for psql itself (`\\connect …`): its first word."""

    number: int
    line: int
    word: str


Event = Statement | Rows | RowsEnd | PsqlCommand


class Lexer:
    """Feed it blocks, then `end()`. Knows quotes, dollar quotes, comments, SQL bodies, COPY data.

    `begun` and `complete` say whether pg_dump's first and last words were seen; `unfinished` is
    the line of a statement that never ended, 0 if there is none; `versions` are majors.
    """

    def __init__(self) -> None:
        self.begun = self.complete = False
        self.unfinished = 0
        self.versions: dict[str, int] = {}
        # What is not looked at yet, and where the look is.
        self._text, self._at = b"", 0
        self._line, self._line_at = 1, 0
        self._number, self._begins = 0, 0
        self._entry: Entry | None = None
        self._entry_id = 0
        # The statement under way: earlier pieces, and where in the text it goes on.
        self._parts: list[bytes] = []
        self._size, self._start = 0, 0
        # "", "rows", or what we are in: ' " e (escapes) -- /* or a dollar tag.
        self._mode = ""
        self._depth = self._comments = self._bodies = 0
        self._row_begins, self._escapes = True, False

    def feed(self, block: bytes) -> Iterator[Event]:
        """What is certain now. But for rows, only whole lines: no mark ever spans two."""
        self._text += block
        if self._mode != "rows" and self._size + len(self._text) > LONGEST_STATEMENT:
            self.unfinished = self.unfinished or self._begins or self._line
            self._text, self._parts, self._size, self._at = b"", [], 0, 0
        yield from self._look(last=False)

    def end(self) -> Iterator[Event]:
        """The rest, once nothing more comes."""
        yield from self._look(last=True)
        if self._mode == "rows":
            yield RowsEnd(complete=False)
        elif b"".join(self._parts).strip():
            self.unfinished = self.unfinished or self._begins

    def _look(self, *, last: bool) -> Iterator[Event]:
        self._line_at = self._at = self._start = 0
        limit = len(self._text) if last else self._text.rfind(b"\n") + 1
        while True:
            if self._mode == "rows":
                yield from self._rows(last=last)
                if self._mode == "rows":
                    break
            elif self._at < limit:
                yield from self._lines(limit)
            else:
                break
        if self._mode != "rows":
            self._keep(limit)
        self._text = self._text[self._at :]

    def _keep(self, limit: int) -> None:
        """Of a statement that goes on, what was looked at."""
        if self._start < limit:
            self._parts.append(self._text[self._start : limit])
            self._size += limit - self._start
        self._count_lines(limit)

    def _rows(self, *, last: bool) -> Iterator[Event]:
        """COPY data up to its end mark, or as far as there is any."""
        text, at = self._text, self._at
        for found in _ROWS_END.finditer(text, at):
            if found.start() == at and not self._row_begins:
                continue
            if not last and not found[0].endswith(b"\n"):
                break
            if found.start() > at:
                yield self._block(text[at : found.start()])
            self._mode, self._row_begins = "", True
            self._line += 1
            self._at = self._line_at = self._start = found.end()
            yield RowsEnd(complete=True)
            return
        # The last line may be the beginning of the end mark.
        cut = len(text) if last else text.rfind(b"\n", at) + 1
        if not cut and len(text) - at > _LONGEST_UNCUT:
            cut = len(text)
        if cut > at:
            yield self._block(text[at:cut])
            self._at = cut

    def _block(self, block: bytes) -> Rows:
        ends = block.count(b"\n")
        self._line += ends
        self._row_begins = block.endswith(b"\n")
        return Rows(block, ends)

    def _lines(self, limit: int) -> Iterator[Event]:
        """Statements, until the limit or until rows follow."""
        text = self._text
        while self._at < limit:
            if self._mode:
                self._at = self._close(text, self._at, limit)
                continue
            if not self._parts and self._start == self._at:
                if self._between(text, limit) is not None:
                    self._number += 1
                    word = text[self._start : self._at].split()[0]
                    self._start = self._at
                    yield PsqlCommand(self._number, self._line, word.decode("utf-8", "replace"))
                    continue
                if self._at >= limit:
                    break
                self._begins = self._line
            mark = _MARKS.search(text, self._at, limit)
            self._at = mark.end() if mark is not None else limit
            if mark is not None and self._ends(text, mark):
                statement = self._statement(b"".join([*self._parts, text[self._start : self._at]]))
                self._parts, self._size = [], 0
                if statement.rows:
                    self._at = (text.find(b"\n", self._at, limit) + 1) or limit
                    self._mode, self._row_begins = "rows", True
                self._count_lines(self._at)
                self._start = self._at
                yield statement
                if statement.rows:
                    return

    def _between(self, text: bytes, limit: int) -> bytes | None:
        """Skip blanks and comments before a statement; a line for psql ends it, and is told."""
        while True:
            blank = _BLANK.match(text, self._at, limit)
            self._at = self._start = blank.end() if blank else self._at
            self._count_lines(self._at)
            if text.startswith((b"--", b"\\"), self._at, limit):
                end = (text.find(b"\n", self._at, limit) + 1) or limit
                line, self._at = text[self._at : end], end
                if line.startswith(b"\\"):
                    return line
                self._comment(line)
                continue
            return None

    def _count_lines(self, upto: int) -> None:
        self._line += self._text.count(b"\n", self._line_at, upto)
        self._line_at = max(self._line_at, upto)

    def _ends(self, text: bytes, mark: re.Match[bytes]) -> bool:
        """Take note of one mark; whether it ends the statement."""
        word, at = mark[0].lower(), mark.start()
        if word == b";":
            return self._depth == 0 and self._bodies == 0
        if word == b"(":
            self._depth += 1
        elif word == b")":
            self._depth = max(0, self._depth - 1)
        elif word == b"'":
            before = text[max(0, at - 2) : at]
            marked = before[-1:].lower() == b"e" and not _WORD.fullmatch(before[:-1])
            self._mode = "e" if self._escapes or marked else "'"
        elif word in (b'"', b"--"):
            self._mode = word.decode()
        elif word == b"/*":
            self._mode, self._comments = "/*", 1
        elif word == b"$":
            tag = _DOLLAR.match(text, at)
            if tag is not None and not _WORD.fullmatch(text[max(0, at - 1) : at]):
                self._mode = tag[0].decode("latin-1")
                self._at = tag.end()
        elif self._bodies or (word == b"begin" and self._depth == 0 and self._is_routine(text)):
            self._bodies += -1 if word == b"end" else 1
        return False

    def _is_routine(self, text: bytes) -> bool:
        head = self._parts[0] if self._parts else text[self._start : self._start + _HEAD]
        before = _COMMENTS.match(head)
        return _ROUTINE.match(head, before.end() if before else 0) is not None

    def _close(self, text: bytes, at: int, limit: int) -> int:
        """Where the quote or comment we are in has ended; the limit if it goes on."""
        end = -1
        if self._mode == "e":
            for found in _IN_ESCAPED.finditer(text, at, limit):
                if found[0] == b"'":
                    end = found.end()
                    break
        elif self._mode == "/*":
            for found in _IN_COMMENT.finditer(text, at, limit):
                self._comments += 1 if found[0] == b"/*" else -1
                if not self._comments:
                    end = found.end()
                    break
        else:
            mark = b"\n" if self._mode == "--" else self._mode.encode("latin-1")
            place = text.find(mark, at, limit)
            end = place + len(mark) if place >= 0 else -1
        if end < 0:
            return limit
        self._mode = ""
        return end

    def _statement(self, text: bytes) -> Statement:
        self._number += 1
        self._depth = self._bodies = 0
        begins = self._begins
        if (before := _COMMENTS.match(text)) is not None:
            begins += before[0].count(b"\n")
            text = text[before.end() :]
        if (found := _BACKSLASHES.match(text)) is not None:
            self._escapes = found[1].lower() in (b"off", b"false", b"0")
        rows = _COPY.match(text) is not None
        return Statement(self._number, begins, text, self._entry, rows)

    def _comment(self, line: bytes) -> None:
        """pg_dump's own words between the statements."""
        text = line.decode("utf-8", "replace").strip()
        if (found := _HEADER.match(text)) is not None:
            self._entry = Entry(found["kind"], found["schema"], found["name"], self._entry_id)
            self._entry_id = 0
        elif (found := _ENTRY_ID.match(text)) is not None:
            self._entry_id = int(found[1])
        elif (found := _VERSION.match(text)) is not None:
            self.versions[found[1]] = int(found[2])
        elif text == _COMPLETE:
            self.complete = True
        elif text == _BEGUN:
            self.begun = True
