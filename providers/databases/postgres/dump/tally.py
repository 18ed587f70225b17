"""What became of a dump's statements: kept while it is read, told at the end."""

import re
from dataclasses import dataclass, field

from providers.databases.postgres.dump import rules
from providers.databases.postgres.dump.lexer import Statement
from providers.databases.postgres.dump.rules import Rule
from providers.databases.postgres.errors import DatabaseTrouble
from wizard.model.dump import DumpLeftOut, DumpTrouble
from wizard.safety.clean import clean
from wizard.safety.redact import REDACTOR

_MOST_EXAMPLES = 5
_OBJECT = rb'(?:"(?:[^"]|"")*"|[\w$\x80-\xff]+)'
_INTO = re.compile(
    rb"(?:INSERT\s+INTO|COPY)\s+(?P<name>(?:" + _OBJECT + rb"\s*\.\s*)?" + _OBJECT + rb")",
    re.IGNORECASE,
)
_SETVAL = re.compile(
    rb"SELECT\s+(?:pg_catalog\.)?setval\('(?P<name>(?:[^']|'')+)',\s*(?P<last>-?\d+),"
    rb"\s*(?P<called>true|false)\)",
    re.IGNORECASE,
)
_LARGE_OBJECT = re.compile(rb"SELECT\s+pg_catalog\.lo_create\(", re.IGNORECASE)
# Rows in which a line need not be a row.
_NOT_BY_LINE = re.compile(rb"\b(?:csv|binary)\b", re.IGNORECASE)
_QUOTED = re.compile(r'".*"', re.DOTALL)
# Statements whose error may quote a value: everything but the making of things.
_MAKING = re.compile(rb"\s*(?:CREATE|ALTER|DROP|COMMENT|REFRESH|SET)\b", re.IGNORECASE)


@dataclass
class Tally:
    """`expected` counts rows by the table's name as the dump writes it; `sequences` are positions
    the dump sets. `not_counted`: an earlier try has put rows in by INSERT. `again`: numbers of
    statements that may succeed once the rest is there."""

    statements: int = 0
    expected: dict[str, int] = field(default_factory=dict)
    by_line: dict[str, bool] = field(default_factory=dict)
    sequences: dict[str, tuple[int, bool]] = field(default_factory=dict)
    schemas: list[str] = field(default_factory=list)
    large_objects: int = 0
    not_counted: set[str] = field(default_factory=set)
    again: set[int] = field(default_factory=set)
    put_right: int = 0
    _left_out: dict[str, tuple[Rule, int, list[str]]] = field(default_factory=dict)
    _troubles: dict[int, DumpTrouble] = field(default_factory=dict)
    _others: list[DumpTrouble] = field(default_factory=list)
    _table: str = ""

    def leave_out(self, rule: Rule, words: str) -> None:
        """A statement that is not run."""
        _, count, examples = self._left_out.setdefault(rule.rule, (rule, 0, []))
        if len(examples) < _MOST_EXAMPLES:
            examples.append(_shown(words))
        self._left_out[rule.rule] = rule, count + 1, examples

    def begin_rows(self, statement: Statement) -> None:
        """COPY data begins; it is counted for this table."""
        self._table = _table_of(statement)
        by_line = _NOT_BY_LINE.search(statement.text) is None
        self.by_line[self._table] = self.by_line.get(self._table, True) and by_line
        self.expected.setdefault(self._table, 0)

    def rows(self, ends: int) -> None:
        """Lines of COPY data."""
        if self.by_line[self._table]:
            self.expected[self._table] += ends

    def ran(self, statement: Statement, rows: int) -> None:
        """The server took it."""
        if statement.number in self._troubles:
            del self._troubles[statement.number]
            self.again.discard(statement.number)
            self.put_right += 1
        if statement.rows and not self.by_line[_table_of(statement)]:
            self.expected[_table_of(statement)] += max(rows, 0)
        self._note(statement)
        if not statement.rows and statement.text[:6].upper() == b"INSERT":
            table = _table_of(statement)
            self.expected[table] = self.expected.get(table, 0) + max(rows, 0)

    def was_done(self, statement: Statement, *, first: bool) -> None:
        """An earlier try has run it."""
        if first:
            self._note(statement)
            inserted = not statement.rows and statement.text[:6].upper() == b"INSERT"
            if inserted or (statement.rows and not self.by_line[_table_of(statement)]):
                self.not_counted.add(_table_of(statement))

    def failed(self, statement: Statement, error: DatabaseTrouble) -> None:
        """The server refused it."""
        rule = rules.meaning(statement, error)
        detail = error.bare_detail
        if error.sqlstate == "42601" or not _MAKING.match(statement.text):
            detail = _QUOTED.sub("…", detail)
        self._troubles[statement.number] = _trouble(
            rule, rules.told(statement), detail, error.sqlstate, statement.line
        )
        if rules.may_be_order(error) and rule.severity != "harmless":
            self.again.add(statement.number)

    def cut_off(self, statement: Statement) -> None:
        """The stream ended amid these rows."""
        self._others.append(
            _trouble(rules.ROWS, rules.told(statement), "its rows are cut off", "", statement.line)
        )

    def add(self, rule: Rule, entry: str, detail: str, line: int = 0) -> None:
        """Trouble that is no statement's."""
        self._others.append(_trouble(rule, entry, detail, "", line))

    def made_schema(self, name: str) -> None:
        """A schema that the dump itself forgets."""
        self.schemas.append(_shown(name))

    @property
    def troubles(self) -> tuple[DumpTrouble, ...]:
        """All that is left, in the order of the dump."""
        return tuple(self._troubles[number] for number in sorted(self._troubles)) + tuple(
            self._others
        )

    @property
    def left_out(self) -> tuple[DumpLeftOut, ...]:
        """By rule."""
        return tuple(
            DumpLeftOut(
                rule=rule.rule,
                severity=rule.severity,
                reason=rule.reason,
                statements=count,
                examples=tuple(examples),
            )
            for rule, count, examples in sorted(
                self._left_out.values(), key=lambda one: int(one[0].rule[2:])
            )
        )

    def _note(self, statement: Statement) -> None:
        self.large_objects += _LARGE_OBJECT.match(statement.text) is not None
        if (found := _SETVAL.match(statement.text)) is not None:
            name = found["name"].replace(b"''", b"'").decode("utf-8", "replace")
            self.sequences[name] = int(found["last"]), found["called"].lower() == b"true"


def _table_of(statement: Statement) -> str:
    found = _INTO.match(statement.text)
    return found["name"].decode("utf-8", "replace") if found is not None else "?"


def _trouble(rule: Rule, entry: str, detail: str, state: str, line: int) -> DumpTrouble:
    return DumpTrouble(
        rule=rule.rule,
        severity=rule.severity,
        entry=_shown(entry),
        detail=f"{rule.reason} ({clean(REDACTOR.redact(detail), 400)})" if detail else rule.reason,
        remedy=rule.remedy,
        sqlstate=state,
        line=line,
    )


def _shown(words: str) -> str:
    return clean(REDACTOR.redact(words), 160)
