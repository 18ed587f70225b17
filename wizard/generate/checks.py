"""What in the code will behave otherwise on Aptible: findings with a remedy, no changes."""

import re

from wizard.generate.node_package import MANIFEST
from wizard.generate.notebook import Notebook
from wizard.generate.scan import Scan
from wizard.model.files import Evidence


def check_code(book: Notebook, scan: Scan) -> None:
    """Look at everything that depends on where the app runs."""
    platform = scan.names("platform")
    if platform:
        book.warn(
            "platform-variables",
            f"the code reads what only Heroku sets: {', '.join(sorted(platform))}",
            "read something of your own; Aptible sets APTIBLE_PROCESS_TYPE and APTIBLE_GIT_REF",
            *platform.values(),
        )
    hosts = scan.names("host")
    if hosts:
        book.warn(
            "heroku-hosts",
            f"Heroku's host names stand in the code: {', '.join(sorted(hosts)[:4])}",
            "use the app's own domain, from the configuration",
            *hosts.values(),
        )
    if scan.found("loopback"):
        book.warn(
            "loopback",
            "a server listens on this machine's loopback only: no endpoint can reach it",
            "listen on 0.0.0.0",
            *scan.found("loopback"),
        )
    if scan.found("upload"):
        book.warn(
            "local-uploads",
            "files that users send seem to be written to the container's disk, which is wiped at "
            "every release",
            "store them in object storage (S3 or the like)",
            *scan.found("upload")[:6],
        )
    _hosts(book, scan)
    if scan.found("redirect"):
        book.note(
            "https-redirect",
            "the app answers HTTP with a redirect: fine for Aptible's default health check, a "
            "failure with STRICT_HEALTH_CHECKS",
            "before you switch strict checks on, exempt /healthcheck",
            *scan.found("redirect")[:4],
        )


def _hosts(book: Notebook, scan: Scan) -> None:
    for place in scan.found("hosts"):
        text = "\n".join(book.text(place.path).split("\n")[place.line - 1 : place.line + 6])
        value = text.partition("=")[2].partition("\n\n")[0]
        if re.search(r"['\"](\*|containers)['\"]", value):
            continue
        if re.search(r"(local|dev|test)\w*\.py$", place.path):
            continue
        book.note(
            "allowed-hosts",
            "ALLOWED_HOSTS may refuse Aptible's health check, which asks for the host “containers”:"
            " any answer is enough by default, STRICT_HEALTH_CHECKS wants 200",
            "add the new domain, and “containers” before you switch strict checks on",
            place,
        )
        return


def check_legacy_webpack(book: Notebook, major: int) -> None:
    """webpack 4 calls a hash that OpenSSL 3 refuses."""
    if major < 17:
        return
    for number, line in enumerate(book.text(MANIFEST).split("\n"), 1):
        if re.search(r'"(webpack|react-scripts)"\s*:\s*"[\^~]?[34]\.', line):
            book.warn(
                "webpack-openssl",
                f"this version of webpack fails with Node {major}’s OpenSSL 3",
                "set engines.node to 16.x, update webpack, or build with "
                "NODE_OPTIONS=--openssl-legacy-provider",
                Evidence(path=MANIFEST, line=number, fact=line.strip()),
            )
            return
