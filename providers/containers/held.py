"""What mounted files hold that an image must not: keys and passwords, and names of other services.

Read in memory only. What is told of it are places and names of services, never a content.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from posixpath import basename, normpath, splitext

from providers.containers.files import ProjectFiles

_MOST_FILES, _LONGEST = 400, 1_000_000
_KEY_ENDS = frozenset({".key", ".p12", ".pfx", ".jks", ".keystore", ".ppk"})
_MAYBE_KEY_ENDS = frozenset({".pem"})
BINARY_ENDS = frozenset({".p12", ".pfx", ".jks", ".keystore"})
"""Files that no variable can hold as they are."""
_KEY_NAMES = frozenset({"id_rsa", "id_ed25519", "id_ecdsa", ".htpasswd", ".pgpass"})
_PLAIN_KEYS = frozenset(
    {"", ".json", ".yml", ".yaml", ".toml", ".ini", ".conf", ".cfg", ".cnf", ".properties", ".env"}
)
"""Formats in which a value needs no quotes; in a program only a quoted word is one."""
_PRIVATE = re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY")
_WORD = r"[\w.-]*(?:passw(?:or)?d|passphrase|secret|signing_?key|api_?key|private_?key|access_?key)"
_QUOTED = re.compile(rf"(?i)\b{_WORD}\w*[\"']?\s*(?::|=>|=)\s*[\"'](?P<value>[^\"'\s]{{4,}})[\"']")
_BARE = re.compile(
    rf"(?im)^[\s\-]*[\"']?{_WORD}(?:[_-]?key)?[\"']?\s*[:=]\s*(?P<value>[^\s\"',;#]{{4,}})\s*,?;?\s*$"
)
_LOGIN = re.compile(r"://[^\s:@/\"'$<{]*:(?P<value>[^\s@/\"']{2,})@")
_NO_VALUE = re.compile(
    r"(?i)[$<{(%]|^(?:true|false|null|none|yes|no|\d+)$|\benv\b|environ|^/|^\*+$|^x+$"
)
_COMMENT = re.compile(r"(?m)^\s*(?:#|//|;|--)(?!\S*@).*$")
_HOST_KEY = (
    r"[\w.-]*(?:host|hosts|hostname|server|servers|addr|address|url|uri|endpoint|upstream|broker"
    r"|brokers|nodes)"
)


@dataclass(frozen=True)
class Held:
    """`secrets` are paths of files in which a key or a password stands, `names` services."""

    secrets: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class Holdings:
    """`hosts`: name by which a service is reached → the service."""

    def __init__(self, files: ProjectFiles, hosts: dict[str, str]) -> None:
        self._files, self._hosts = files, hosts
        words = "|".join(re.escape(n) for n in sorted(hosts, key=len, reverse=True))
        end = r"(?![\w-]|\.\w)"
        self._named = re.compile(
            rf"(?:(?://|@)(?P<a>{words}){end}|(?<![\w./-])(?P<b>{words}):\d{{2,5}}(?!\d)"
            rf"|(?i:\b{_HOST_KEY})[\"']?\s*(?::|=>|=)\s*[\"']?(?P<c>{words})[\"']?\s*(?:[,;}}\])]|$))",
            re.MULTILINE,
        )

    def of(self, source: str, but: Collection[str] = ()) -> Held:
        """What a file or folder of the project holds; names of services in `but` do not count."""
        secrets, names = [], dict[str, None]()
        for path in self._below(source):
            text = self._files.text(path)
            if self._secret(path, text):
                secrets.append(path)
            names |= dict.fromkeys(self.named(text or ""))
        return Held(tuple(secrets), tuple(name for name in names if name not in but))

    def named(self, text: str) -> tuple[str, ...]:
        """The services whose host names stand in a text."""
        if not self._hosts:
            return ()
        found = self._named.finditer(_COMMENT.sub("", text[:_LONGEST]))
        return tuple(dict.fromkeys(self._hosts[m["a"] or m["b"] or m["c"]] for m in found))

    def _below(self, source: str) -> Iterator[str]:
        if not self._files.is_folder(source):
            yield normpath(source)
            return
        yield from self._files.below(source, _MOST_FILES)

    @staticmethod
    def _secret(path: str, text: str | None) -> bool:
        if text is None:
            return named_like_a_key(path)
        if splitext(path)[1].lower() in _KEY_ENDS or basename(path) in _KEY_NAMES:
            return True
        return bool(_PRIVATE.search(text)) or _has_password(path, text)


def named_like_a_key(path: str) -> bool:
    """Whether a file's name alone says that it holds a key."""
    end = splitext(path)[1].lower()
    return end in _KEY_ENDS | _MAYBE_KEY_ENDS or basename(path) in _KEY_NAMES


def _has_password(path: str, text: str) -> bool:
    end = splitext(path)[1].lower()
    plain = _COMMENT.sub("", text[:_LONGEST])
    forms = (_QUOTED, _LOGIN, _BARE) if end in _PLAIN_KEYS else (_QUOTED, _LOGIN)
    values = (found["value"] for form in forms for found in form.finditer(plain))
    return any(not _NO_VALUE.search(value) for value in values)
