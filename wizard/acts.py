"""What may a person be told to do in moveday itself? Named here, worded by each front end.

An error's or a gate's remedy is a sentence with such acts in it: the command line words them as
commands (`in_commands`), the screens as keys. Everything else in a remedy is done elsewhere, and is
said the same way everywhere.
"""

import re
from collections.abc import Callable
from typing import Literal, get_args

Act = Literal[
    "again",
    "answer",
    "answer-mapping",
    "answer-plan",
    "deploy",
    "deploy-plan",
    "files",
    "inventory",
    "rehearse",
    "report",
    "restore-anyway",
    "roll-back",
    "session-only",
    "sign-agreement",
    "sign-in",
    "sign-rehearsal",
    "sign-shared",
]
_COMMANDS: dict[Act, str] = {
    "again": "run the same command again",
    "answer": "answer it with {}",
    "answer-mapping": "answer them with moveday map, or moveday map --answers FILE",
    "answer-plan": "answer them with moveday plan, or with moveday plan --answers FILE",
    "deploy": "run moveday deploy",
    "deploy-plan": "look at it again with moveday deploy --plan",
    "files": "run moveday files",
    "inventory": "run moveday inventory",
    "rehearse": "run moveday rehearse",
    "report": "see moveday report",
    "restore-anyway": "moveday files --undo --force restores them anyway",
    "roll-back": "run moveday rollback",
    "session-only": "choose --session-only (kept in memory, gone at the end)",
    "sign-agreement": 'sign for it with moveday plan --without-agreement "REASON"',
    "sign-in": "run moveday sign-in",
    "sign-rehearsal": "sign an exception with --not-rehearsed REASON",
    "sign-shared": "say how with moveday cutover --shared REASON",
}
_MARK = re.compile(rf"⟦({'|'.join(get_args(Act))})(?::([^⟧]*))?⟧")


def do(act: Act, given: str = "") -> str:
    """The act's mark, to be put into a remedy. `given` is the flag that answers a question."""
    return f"⟦{act}:{given}⟧" if given else f"⟦{act}⟧"


def worded(remedy: str, words: Callable[[Act], str]) -> str:
    """`remedy` with every act in a front end's own words."""

    def word(found: re.Match[str]) -> str:
        return words(next(act for act in get_args(Act) if act == found[1]))

    return _MARK.sub(word, remedy)


def in_commands(remedy: str) -> str:
    """`remedy` for the command line."""

    def word(found: re.Match[str]) -> str:
        act = next(act for act in _COMMANDS if act == found[1])
        return _COMMANDS[act].format(found[2] or "a flag; --help lists them")

    return _MARK.sub(word, remedy)
