"""Where gems come from: what a build needs to reach servers that ask who is there."""

import re

from wizard.formats.gemfile_lock import GemSource
from wizard.generate.notebook import LIVE, Notebook
from wizard.generate.ruby_package import RubyPackage
from wizard.generate.ruby_version import LOCK
from wizard.model.files import Evidence
from wizard.model.frozen import Frozen

_PUBLIC = frozenset(
    {"rubygems.org", "www.rubygems.org", "rubygems.global.ssl.fastly.net", "gem.coop"}
)
_SSH = re.compile(r"(?:ssh://)?git@([\w.-]+)[:/](.+)")
_LOGIN = re.compile(r"https?://([^/@\s]+)@")


class GemAccess(Frozen):
    """`configured` says why the install reads configuration; `commands` run before it."""

    from_git: tuple[Evidence, ...] = ()
    configured: tuple[Evidence, ...] = ()
    commands: tuple[str, ...] = ()


def gem_access(book: Notebook, package: RubyPackage) -> GemAccess | None:
    """What `bundle install` needs; None while a question about it is open."""
    used = {gem.source.line for gem in package.installed.values()}
    sources = [source for source in package.lock.sources if source.line in used]
    git = [source for source in sources if source.kind == "GIT"]
    configured, commands = _named_variables(book), list[str]()
    for source in sources:
        _say_login(book, source)
        if source.kind == "GEM" and (host := _host(source.remote)) not in _PUBLIC and host:
            configured.append(_private(book, source, host))
    old = {source.remote: source for source in git if source.remote.startswith("git://")}
    if old:
        hosts = sorted({_host(remote) for remote in old})
        for host in hosts:
            commands.append(_instead(f"https://{host}/", f"git://{host}/"))
        book.note(
            "gem-git-protocol",
            f"{', '.join(hosts)} closed the git:// protocol: https:// is used instead",
            "write https:// into the Gemfile",
            *(_place(source) for source in old.values()),
        )
    by_key = [source for source in git if _SSH.match(source.remote)]
    if by_key:
        words = _by_key(book, by_key)
        if words is None:
            return None
        commands += words[0]
        configured += words[1]
    return GemAccess(
        from_git=tuple(_place(source) for source in git),
        configured=tuple(configured),
        commands=tuple(commands),
    )


def _named_variables(book: Notebook) -> list[Evidence]:
    """BUNDLE_GITHUB__COM and its like: Bundler takes logins from such variables."""
    return [
        Evidence(path=LIVE, fact=f"{name} is set")
        for name in sorted(book.known.variables)
        if re.fullmatch(r"BUNDLE_\w+__\w+", name)
    ]


def _private(book: Notebook, source: GemSource, host: str) -> Evidence:
    """A server of gems beside the public one: nearly always somebody has to say who they are."""
    name = f"BUNDLE_{re.sub(r'-', '___', host).replace('.', '__').upper()}"
    place = Evidence(path=LOCK, line=source.remote_line, fact=f"gems come from {host}")
    book.warn(
        "private-gems",
        f"gems come from {host}, which asks for a login",
        f"set {name} in the configuration before the first deploy: the build reads it",
        place,
    )
    return place


def _by_key(book: Notebook, sources: list[GemSource]) -> tuple[list[str], list[Evidence]] | None:
    """Gems by ssh: a build has no key, so the same repository is fetched over https."""
    places = tuple(_place(source) for source in sources)
    answer = book.ask(
        "gem-git-ssh",
        f"{len(sources)} gem(s) come from git by ssh, and a build has no key: are they public?",
        "public ones are fetched over https; for private ones the build takes a token from "
        "BUNDLE_GITHUB__COM (`user:token`) in the configuration",
        choices=("public", "token"),
        found=places,
    )
    if answer is None:
        return None
    hosts = sorted({match.group(1) for s in sources if (match := _SSH.match(s.remote))})
    commands = []
    for host in hosts:
        name = f"BUNDLE_{host.replace('-', '___').replace('.', '__').upper()}"
        login = f"${{{name}}}@" if answer == "token" else ""
        for prefix in (f"git@{host}:", f"ssh://git@{host}/"):
            if any(source.remote.startswith(prefix) for source in sources):
                commands.append(_instead(f"https://{login}{host}/", prefix))
    return commands, list(places) if answer == "token" else []


def _instead(new: str, old: str) -> str:
    return f'git config --global "url.{new}.insteadOf" "{old}"'


def _say_login(book: Notebook, source: GemSource) -> None:
    if _LOGIN.match(source.remote):
        book.warn(
            "secret-in-address",
            f"{LOCK} holds a password in an address",
            "take it out, revoke it, and give it to Bundler as configuration (BUNDLE_HOST__NAME)",
            Evidence(path=LOCK, line=source.remote_line, fact="has a login in it"),
        )


def _place(source: GemSource) -> Evidence:
    bare = _LOGIN.sub("https://", source.remote)
    return Evidence(path=LOCK, line=source.remote_line, fact=f"a gem comes from {bare[:80]}")


def _host(remote: str) -> str:
    match = re.match(r"\w+://(?:[^/@]+@)?([\w.-]+)", remote)
    return match.group(1).lower() if match else ""
