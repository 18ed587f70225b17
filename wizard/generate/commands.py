"""Command lines of process types: what runs, whether a shell is needed, and exec."""

import json
import re
import shlex
from collections.abc import Iterator

_ASSIGNMENT = re.compile(r"^[A-Za-z_]\w*=")
_SHELL = re.compile(r"[$`;|&<>()*?~{}\n#!]|\[")
_SEPARATORS = ("&&", "||", ";", "|", "&", "\n")
_PLAIN_BUILTINS = frozenset({"cd", "export", "set", "source", ".", "ulimit", "umask", "wait"})
_PREFIXES = frozenset({"exec", "env", "time", "nice", "nohup"})
_INIT = "tini"
_GLUE = {";": "; ", "\n": "\n"}
_KEYWORD = re.compile(
    r"(if|then|elif|else|fi|for|while|until|do|done|case|esac|select|function)(\s|$)|[({})]"
)


def split(command: str) -> list[tuple[str, str]]:
    """Top-level parts as (part, the separator behind it); quotes and $( ) are kept whole."""
    parts, current, quote, depth, at = [], "", "", 0, 0
    while at < len(command):
        char = command[at]
        if char == "\\" and quote != "'" and at + 1 < len(command):
            current, at = current + command[at : at + 2], at + 2
            continue
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'`":
            quote = char
        elif char in "({":
            depth += 1
        elif char in ")}":
            depth -= 1
        separator = next((s for s in _SEPARATORS if command.startswith(s, at)), "")
        if command[max(0, at - 1) : at + 1] in (">&", "<&") or command.startswith("&>", at):
            separator = ""
        if separator and not quote and depth <= 0:
            parts.append((current.strip(), separator))
            current, at = "", at + len(separator)
            continue
        current, at = current + char, at + 1
    return [*parts, (current.strip(), "")] if current.strip() else parts


def words(part: str) -> list[str]:
    """The words of one simple command; [] when its quotes do not close."""
    try:
        return shlex.split(part)
    except ValueError:
        return []


def simple(part: str) -> tuple[list[str], list[str]]:
    """Assignments in front and the command's own words, without exec, env and an init."""
    rest, assignments = words(part), []
    while rest and (_ASSIGNMENT.match(rest[0]) or rest[0] in {*_PREFIXES, _INIT}):
        word = rest.pop(0)
        while word == _INIT and rest and rest[0].startswith("-"):
            rest.pop(0)
        if _ASSIGNMENT.match(word):
            assignments.append(word)
    return assignments, rest


def commands(command: str) -> Iterator[list[str]]:
    """The words of every simple command in a line."""
    for part, _ in split(command):
        _, found = simple(part)
        if found:
            yield found


def needs_shell(command: str) -> bool:
    """Whether a line means something only to a shell: variables, pipes, assignments, globs."""
    found = words(command)
    return (
        not found
        or _ASSIGNMENT.match(found[0]) is not None
        or found[0] in _PLAIN_BUILTINS
        or _SHELL.search(re.sub(r"'[^']*'", "", command)) is not None
    )


def last_program(command: str) -> tuple[str, str] | None:
    """What runs first, up to its separator, and the program that may take the shell's place.

    None where the shell has to stay: a pipeline, programs beside each other, conditions.
    """
    parts = split(command)
    if not parts or any(_KEYWORD.match(part) for part, _ in parts):
        return None
    separators = [separator for _, separator in parts]
    before = separators[-2] if len(parts) > 1 else ""
    if "&" in separators or before in ("|", "||") or separators[-1] in ("|", "||", "&&"):
        return None
    front = "".join(part + (_GLUE.get(mark) or f" {mark} ") for part, mark in parts[:-1])
    return front, parts[-1][0]


def with_exec(command: str) -> str:
    """The same line whose last program takes the shell's place; unchanged where that cannot be."""
    found = last_program(command)
    if found is None:
        return command
    front, last = found
    first = (words(last) or [""])[0]
    if first in _PLAIN_BUILTINS or not first:
        return command
    if first == "exec":
        tail = last
    elif _ASSIGNMENT.match(first):
        tail = f"exec env {last}"
    else:
        tail = f"exec {last}"
    return front + tail


def exec_form(command: str) -> str:
    """The same as the words of a Dockerfile's CMD in its JSON form."""
    plain = command.removeprefix("exec ").strip()
    if needs_shell(plain):
        return json.dumps(["sh", "-c", with_exec(command)], ensure_ascii=False)
    return json.dumps(words(plain), ensure_ascii=False)


def replace_program(command: str, old: list[str], new: str) -> str:
    """The line with the first simple command that begins with `old` words begun by `new`."""
    pattern = r"\s+".join(re.escape(word) for word in old)
    return re.sub(rf"(?<![\w./-]){pattern}(?![\w./-])", lambda _: new, command, count=1).strip()
