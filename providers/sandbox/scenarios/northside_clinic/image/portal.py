"""The clinic's portal: the page of the shared program, with a key and settings read from files."""

import configparser
import hashlib
import hmac
import os
from pathlib import Path

import migrate
import web

SETTINGS = Path(__file__).parent / "settings.ini"


def up() -> dict[str, object]:
    settings = configparser.ConfigParser()
    settings.read_string(SETTINGS.read_text())
    return {
        **web.health(),
        "language": settings["portal"]["language"],
        "page_size": settings.getint("portal", "page_size"),
        "seal": seal("up"),
    }


def seal(text: str) -> str:
    """What a cookie would be sealed with: two sides with one key seal alike."""
    key = Path(os.environ["SESSION_KEY_FILE"]).read_bytes()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:16]


def main() -> None:
    web.SIDE = "aptible" if "APTIBLE_LAYER" in os.environ else "medstack"
    migrate.main()
    web.PAGES["/up"] = up
    web.main()


if __name__ == "__main__":
    main()
