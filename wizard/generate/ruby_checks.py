"""What a Ruby app needs beside its files: secrets as configuration, and hosts that may ask it."""

import re

from wizard.formats.text_lines import line_at
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.generate.ruby_package import RubyPackage
from wizard.model.files import Evidence

_PRODUCTION = "config/environments/production.rb"
_LOCAL = re.compile(
    r"(?:^|\s)(?:-b|-o|--bind(?:ing)?|--host|-l|--listen|-a)[\s=](?:\w+://)?(localhost|127\.0\.0\.1)\b"
)


def check_ruby(book: Notebook, package: RubyPackage, lines: tuple[ProcessLine, ...]) -> None:
    """Look at what depends on where a Ruby app runs."""
    if package.rails > (0, 0):
        _secrets(book, package)
        _hosts(book)
        _uploads(book)
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


def _uploads(book: Notebook) -> None:
    """Every new app names the local disk: it matters where a model has attachments."""
    rows = list(enumerate(book.text(_PRODUCTION).split("\n"), 1))
    services = [
        (number, row)
        for number, row in rows
        if re.match(r"\s*config\.active_storage\.service\b", row)
    ]
    local = [number for number, row in services if re.search(r"=\s*:local\b", row)]
    if not local or len(local) < len(services):
        return
    for entry in book.view.entries():
        if not re.match(r"(app|lib|engines|packs)/.*\.rb$", entry.path):
            continue
        text = book.text(entry.path)
        found = re.search(r"^\s*has_(one_attached|many_attached|rich_text)\b", text, re.M)
        if found is not None:
            place = Evidence(
                path=entry.path, line=line_at(text, found.end()), fact=found.group().strip()
            )
            book.warn(
                "local-uploads",
                "files that users send are written to the container's disk, which is wiped at "
                "every release",
                "store them in object storage (config/storage.yml, config.active_storage.service)",
                Evidence(path=_PRODUCTION, line=local[0], fact="stores files on disk"),
                place,
            )
            return


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
