"""What a Ruby app needs beside its files: secrets as configuration, and hosts that may ask it."""

import re

from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.generate.ruby_package import RubyPackage
from wizard.model.files import Evidence

_PRODUCTION = "config/environments/production.rb"
_KEYS = re.compile(r"config/(master|credentials/\w+)\.key")
_LOCAL = re.compile(
    r"(?:^|\s)(?:-b|-o|--bind(?:ing)?|--host|-l|--listen|-a)[\s=](?:\w+://)?(localhost|127\.0\.0\.1)\b"
)


def check_ruby(book: Notebook, package: RubyPackage, lines: tuple[ProcessLine, ...]) -> None:
    """Look at what depends on where a Ruby app runs."""
    if package.rails > (0, 0):
        _secrets(book, package)
        _hosts(book)
    for line in lines:
        if line.kept and _LOCAL.search(line.command):
            book.warn(
                "loopback",
                f"{line.name} listens on this machine's loopback only: no endpoint can reach it",
                "listen on 0.0.0.0",
                line.evidence,
            )


def _secrets(book: Notebook, package: RubyPackage) -> None:
    files = book.present("config/credentials/production.yml.enc", "config/credentials.yml.enc")
    if files and "RAILS_MASTER_KEY" not in book.known.variables:
        book.warn(
            "rails-master-key",
            f"{files[0]} is encrypted: without RAILS_MASTER_KEY the app cannot read it",
            "set RAILS_MASTER_KEY as configuration before the first deploy; never put the key "
            "into the image",
            Evidence(path=files[0], fact="holds credentials"),
        )
    if "SECRET_KEY_BASE" not in book.known.variables:
        book.warn(
            "secret-key-base",
            "Heroku made a SECRET_KEY_BASE when the app was first built; nobody does now",
            "set SECRET_KEY_BASE as configuration; with the old value (`heroku config:get "
            "SECRET_KEY_BASE`, or `printenv` in a one-off dyno) sessions stay valid"
            + (" (not needed when the credentials hold one)" if files else ""),
            package.place("railties"),
        )
    for entry in book.view.entries():
        if _KEYS.fullmatch(entry.path):
            book.warn(
                "master-key-tracked",
                f"{entry.path} is in the repository: everybody with the code can read the secrets",
                "remove it, make new credentials with a new key, and keep that as configuration",
                Evidence(path=entry.path, fact="is tracked"),
            )


def _hosts(book: Notebook) -> None:
    for path in (_PRODUCTION, "config/application.rb"):
        for number, row in enumerate(book.text(path).split("\n"), 1):
            if not re.match(r"\s*(Rails\.application\.)?config\.hosts\b\s*(<<|=|\+=|\.)", row):
                continue
            if re.search(r"\bclear\b|=\s*(nil|\[\])\s*$|['\"]containers['\"]", row):
                continue
            book.note(
                "host-authorization",
                "config.hosts refuses Aptible's health check, which asks for the host "
                "“containers”: any answer is enough by default, STRICT_HEALTH_CHECKS wants 200",
                'add the new domain, and config.hosts << "containers" before you switch strict '
                "checks on",
                Evidence(path=path, line=number, fact=row.strip()[:80]),
            )
            return
