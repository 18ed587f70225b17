"""No known secret leaves, whatever a program did to its spelling on the way."""

import base64
import html
import json
import os
import re
import shlex
import string
import time
from collections.abc import Callable
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wizard.safety.redact import DOTS, Redactor

SPECIAL = "@:/?#[]!$&'()*+,;=%\"\\ <>|`~^{}-_.\n\täö€"
# Two figures and an upper-case letter in front keep the secret from being a common word.
passwords = st.text(
    alphabet=st.one_of(st.sampled_from(string.ascii_letters + string.digits + SPECIAL)),
    min_size=6,
    max_size=60,
).map(lambda text: f"7Q{text}z9")

SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "url": lambda s: quote(s, safe=""),
    "url path": quote,
    "url lower case": lambda s: re.sub("%..", lambda m: m.group().lower(), quote(s, safe="")),
    "form": quote_plus,
    "query": lambda s: urlencode({"password": s}),
    "json": lambda s: json.dumps({"password": s}),
    "json, not ascii": lambda s: json.dumps({"password": s}, ensure_ascii=False),
    "json in json": lambda s: json.dumps({"body": json.dumps({"password": s})}),
    "json with slashes escaped": lambda s: json.dumps(s).replace("/", "\\/"),
    "repr": lambda s: repr({"password": s}) if "'" not in s else repr(s)[1:-1],
    "bytes": lambda s: repr(s.encode())[2:-1],
    "shell": shlex.quote,
    "html": html.escape,
    "hex": lambda s: s.encode().hex(),
    "HEX": lambda s: s.encode().hex().upper(),
}


def learnt(*values: str) -> Redactor:
    redactor = Redactor()
    redactor.learn(*values)
    return redactor


@pytest.mark.parametrize("spelling", SPELLINGS)
@given(secret=passwords)
@example(secret="p@ss:w/or?d#1")
@example(secret="back\\slash\"quote'tick`")
@example(secret="two words + more")
@settings(max_examples=40, deadline=None)
def test_every_spelling_is_hidden(spelling: str, secret: str) -> None:
    written = SPELLINGS[spelling](secret)
    shown = learnt(secret).redact(f"before {written} after")
    assert written not in shown
    assert DOTS in shown
    assert shown.startswith("before ")
    assert shown.endswith(" after")


@pytest.mark.parametrize("before", [b"", b"u", b"us", b"use", b"user:"])
@pytest.mark.parametrize("after", [b"", b"@", b"@h", b"@host/d"])
@given(secret=passwords)
@settings(max_examples=10, deadline=None)
def test_base64_at_every_offset(before: bytes, after: bytes, secret: str) -> None:
    raw = before + secret.encode() + after
    redactor = learnt(secret)
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        shown = redactor.redact(f"Basic {encode(raw).decode()} end")
        left = shown.removeprefix("Basic ").removesuffix(" end").replace(DOTS, "").rstrip("=")
        # What is left may tell of the neighbours, and of the bits at the seams at most.
        assert len(left) <= (len(before) + len(after)) * 4 / 3 + 4
        assert DOTS in shown


def test_base64_broken_into_lines() -> None:
    secret = os.urandom(40).hex() * 3
    redactor = learnt(secret)
    shown = redactor.redact(base64.encodebytes(secret.encode()).decode())
    assert set(shown) <= set(DOTS + "\n")


@given(password=passwords, user=st.sampled_from(["u", "acme", "x" * 20]))
@settings(max_examples=60, deadline=None)
def test_the_password_of_a_url_is_learnt_with_it(password: str, user: str) -> None:
    url = f"postgres://{user}:{quote(password, safe='')}@db.example.test:5432/acme?sslmode=require"
    redactor = learnt(url)
    assert url not in redactor.redact(url)
    shown = redactor.redact(f'FATAL: password "{password}" was refused for {user}')
    assert password not in shown


@pytest.mark.parametrize("password", ["sec/ret/long", "a1b2?c3d4", "half#other", "[brack]et1"])
def test_a_raw_mark_in_a_url_does_not_hide_the_password_from_us(password: str) -> None:
    redactor = learnt(f"postgres://u:{password}@h.test/d")
    assert password not in redactor.redact(f"could not connect with {password}")


def test_pieces_that_libpq_echoes() -> None:
    redactor = learnt("postgres://u:left@right7/deep@db.test/d")
    said = 'could not translate host name "right7/deep@db.test" to address'
    assert "right7" not in redactor.redact(said)


def test_a_key_as_user_name() -> None:
    key = "0123456789abcdef0123456789abcdef"
    assert key not in learnt(f"https://{key}@sentry.test/42").redact(f"DSN {key}")
    assert learnt("ssh://git@host.test/x").redact("git is here") == "git is here"


def test_lines_of_a_private_key() -> None:
    body = [os.urandom(48).hex()[:64] for _ in range(4)]
    pem = "-----BEGIN PRIVATE KEY-----\n" + "\n".join(body) + "\n-----END PRIVATE KEY-----\n"
    for written in (pem, pem.replace("\n", "\\n")):
        redactor = learnt(written)
        assert redactor.redact(written) == DOTS
        assert body[2] not in redactor.redact(f"line 3: {body[2]}")
        assert "BEGIN PRIVATE KEY" in redactor.redact("-----BEGIN PRIVATE KEY-----")


@pytest.mark.parametrize(
    "value", ["", "abc", "    ", "3000", "443210", "true", "production", "postgres", "HTTPS"]
)
def test_ordinary_words_are_not_learnt(value: str) -> None:
    text = f"the port 3000, 443210 in production is true for postgres over HTTPS {value} abc"
    assert learnt(value).redact(text) == text


def test_overlapping_secrets_are_hidden_together() -> None:
    redactor = learnt("AAAAsharedBBBB", "sharedBBBBtail", "AAAAshared")
    assert redactor.redact("x AAAAsharedBBBBtail y") == f"x {DOTS} y"
    assert redactor.redact("AAAAshared") == DOTS
    assert redactor.redact("AAAAshared AAAAshared") == f"{DOTS} {DOTS}"


@given(
    secrets=st.lists(passwords, min_size=1, max_size=5),
    glue=st.lists(st.text(max_size=10), min_size=6, max_size=6),
)
@settings(max_examples=80, deadline=None)
def test_twice_is_like_once_and_nothing_known_is_left(secrets: list[str], glue: list[str]) -> None:
    redactor = learnt(*secrets)
    text = "".join(g + s for g, s in zip(glue, secrets, strict=False)) + glue[-1]
    shown = redactor.redact(text)
    assert not [secret for secret in secrets if secret in shown]
    assert redactor.redact(shown) == shown


@given(st.text())
def test_unknown_text_is_untouched(text: str) -> None:
    assert learnt("7QnowhereToBeSeen9z").redact(text) == text
    assert Redactor().redact(text) == text


@given(st.text(alphabet=st.characters(), min_size=4))
@settings(deadline=None)
def test_any_text_can_be_learnt(secret: str) -> None:
    learnt(secret, f"x://{secret}@h", f"x://u:{secret}@h").redact("text")


def test_long_texts_and_many_secrets_are_fast() -> None:
    secrets = [f"{os.urandom(24).hex()}/+{number}" for number in range(300)]
    redactor = Redactor()
    begun = time.process_time()
    redactor.learn(*secrets)
    assert time.process_time() - begun < 5
    text = ("an ordinary log line with words, numbers 12345 and /paths/of/files\n" * 30_000)[
        :1_000_000
    ] + secrets[7]
    begun = time.process_time()
    shown = redactor.redact(text)
    assert time.process_time() - begun < 3, "a megabyte with 300 secrets"
    assert shown.endswith(DOTS)
    begun = time.process_time()
    redactor.learn(*secrets)
    assert time.process_time() - begun < 0.1, "what is known costs nothing"
