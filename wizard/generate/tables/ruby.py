"""Ruby: releases with their images, what gems need of Debian, and which gems change the build.

Sources: ruby-lang.org/en/downloads/branches, Docker Hub's official image, Debian's package lists,
Heroku's Ruby buildpack, the gems' own documentation.
"""

from datetime import date

from wizard.generate.tables.system_packages import Packages

RUBY = {
    (2, 4): date(2020, 3, 31),
    (2, 5): date(2021, 3, 31),
    (2, 6): date(2022, 4, 12),
    (2, 7): date(2023, 3, 31),
    (3, 0): date(2024, 4, 23),
    (3, 1): date(2025, 3, 26),
    (3, 2): date(2026, 3, 31),
    (3, 3): date(2027, 3, 31),
    (3, 4): date(2028, 3, 31),
    (4, 0): date(2029, 3, 31),
}
"""(major, minor) → end of support."""
RUBY_DEFAULT = (3, 3)
"""Heroku's default for an app that names none."""
FIRST_PATCH = {
    "bookworm": {(3, 0): 6, (3, 1): 4, (3, 2): 2, (3, 3): 0, (3, 4): 0, (4, 0): 0},
    "bullseye": {(2, 6): 8, (2, 7): 4, (3, 0): 2, (3, 1): 0, (3, 2): 0},
    "buster": {(2, 4): 6, (2, 5): 5, (2, 6): 3, (2, 7): 0, (3, 0): 0},
}
"""Debian → the first release of each line whose slim image stands on it, newest Debian first."""
BUNDLER_OF_RUBY = {
    (2, 6): 1, (2, 7): 2, (3, 0): 2, (3, 1): 2, (3, 2): 2, (3, 3): 2,
    (3, 4): 2, (4, 0): 4,
}  # fmt: skip
"""The major of Bundler that an image brings; not told for older ones."""
LAST_BUNDLER = {
    (2, 4): "2.3.27", (2, 5): "2.3.27", (2, 6): "2.4.22", (2, 7): "2.4.22", (3, 0): "2.5.23",
    (3, 1): "2.6.9",
}  # fmt: skip
"""The newest Bundler that still runs there; newer Rubies take every one."""

ASSET_PIPELINES = (
    "propshaft", "shakapacker", "webpacker", "vite_rails", "vite_ruby", "jsbundling-rails",
    "cssbundling-rails", "sprockets-rails", "sprockets",
)  # fmt: skip
BUNDLES_WITH_NODE = (
    "jsbundling-rails", "cssbundling-rails", "webpacker", "shakapacker", "vite_rails", "vite_ruby",
    "react_on_rails",
)  # fmt: skip
"""Their asset task runs a package manager of Node."""
NODE_AT_RUN = ("grover", "mjml-rails", "react_on_rails", "puppeteer-ruby", "hypernova")
"""They start Node while the app runs, from its node_modules."""
JAVASCRIPT_ENGINES = ("mini_racer", "therubyracer", "duktape", "libv8-node")
"""With one of these, execjs looks for no Node."""

PROGRAM_OF_GEM = {
    "puma": "puma", "pumactl": "puma", "unicorn": "unicorn", "unicorn_rails": "unicorn",
    "thin": "thin", "passenger": "passenger", "falcon": "falcon", "rackup": "rack", "rake": "rake",
    "rails": "railties", "sidekiq": "sidekiq", "resque": "resque", "resque-pool": "resque-pool",
    "clockwork": "clockwork", "good_job": "good_job", "shoryuken": "shoryuken", "que": "que",
    "sneakers": "sneakers", "karafka": "karafka", "hanami": "hanami-cli", "iodine": "iodine",
    "anycable": "anycable", "sequel": "sequel", "racecar": "racecar", "rainbows": "rainbows",
}  # fmt: skip
"""A program that a gem brings → the gem."""

_CHROMIUM: Packages = ((), ("chromium", "chromium-sandbox", "fonts-liberation"))
_WKHTMLTOPDF: Packages = (
    (),
    ("fontconfig", "libjpeg62-turbo", "libxext6", "libxrender1", "xfonts-75dpi", "xfonts-base"),
)
_GOBJECT: Packages = (
    ("gobject-introspection", "libgirepository1.0-dev", "libglib2.0-dev"),
    ("libgirepository-1.0-1", "libglib2.0-0"),
)
_POPPLER: Packages = (
    (*_GOBJECT[0], "libpoppler-glib-dev"),
    (*_GOBJECT[1], "gir1.2-poppler-0.18", "libpoppler-glib8"),
)
_KAFKA: Packages = (("libssl-dev", "python3", "zlib1g-dev"), ())
_GEOS: Packages = (("libgeos-dev",), ("libgeos-c1v5",))

GEMS: dict[str, Packages] = {
    "pg": (("libpq-dev",), ("libpq5",)),
    "mysql2": (("default-libmysqlclient-dev",), ("libmariadb3",)),
    "sqlite3": (("libsqlite3-dev",), ("libsqlite3-0",)),
    "tiny_tds": (("freetds-dev",), ("freetds-bin",)),
    "ruby-odbc": (("unixodbc-dev",), ("unixodbc",)),
    "psych": (("libyaml-dev",), ()),
    "ruby-vips": ((), ("libvips42",)),
    "mini_magick": ((), ("ghostscript", "imagemagick")),
    "rmagick": (("libmagickwand-dev",), ("imagemagick", "libmagickwand-6.q16-6")),
    "charlock_holmes": (("libicu-dev", "zlib1g-dev"), ("libicu72",)),
    "rugged": (("cmake", "libssh2-1-dev", "libssl-dev"), ("libssh2-1", "libssl3")),
    "ethon": ((), ("libcurl4",)),
    "curb": (("libcurl4-openssl-dev",), ("libcurl4",)),
    "eventmachine": (("libssl-dev",), ("libssl3",)),
    "ferrum": _CHROMIUM,
    "grover": _CHROMIUM,
    "puppeteer-ruby": _CHROMIUM,
    "playwright-ruby-client": _CHROMIUM,
    "selenium-webdriver": ((), ("chromium", "chromium-driver", "fonts-liberation")),
    "wicked_pdf": ((), ("wkhtmltopdf",)),
    "pdfkit": ((), ("wkhtmltopdf",)),
    "imgkit": ((), ("wkhtmltopdf",)),
    "wkhtmltopdf-binary": _WKHTMLTOPDF,
    "wkhtmltopdf-heroku": _WKHTMLTOPDF,
    "pdf-forms": ((), ("pdftk-java",)),
    "active_pdftk": ((), ("pdftk-java",)),
    "poppler": _POPPLER,
    "gobject-introspection": _GOBJECT,
    "rtesseract": ((), ("tesseract-ocr",)),
    "libreconv": ((), ("libreoffice",)),
    "docsplit": ((), ("ghostscript", "libreoffice", "poppler-utils")),
    "ruby-graphviz": ((), ("graphviz",)),
    "streamio-ffmpeg": ((), ("ffmpeg",)),
    "mini_exiftool": ((), ("libimage-exiftool-perl",)),
    "exiftool": ((), ("libimage-exiftool-perl",)),
    "ruby-filemagic": (("libmagic-dev",), ("libmagic1",)),
    "rgeo": _GEOS,
    "ffi-geos": _GEOS,
    "rgeo-proj4": (("libproj-dev",), ("libproj25",)),
    "rdkafka": _KAFKA,
    "karafka-rdkafka": _KAFKA,
    "memcached": (("libmemcached-dev", "libsasl2-dev", "zlib1g-dev"), ("libmemcached11",)),
    "ruby-ldap": (("libldap2-dev", "libsasl2-dev"), ("libldap-2.5-0",)),
    "idn-ruby": (("libidn-dev",), ("libidn12",)),
    "libxml-ruby": (("libxml2-dev",), ("libxml2",)),
    "snappy": (("cmake", "libsnappy-dev"), ("libsnappy1v5",)),
    "gpgme": (("libgpgme-dev",), ("gpg", "libgpgme11")),
    "rbnacl": ((), ("libsodium23",)),
    "git": ((), ("git",)),
    "passenger": (("libcurl4-openssl-dev", "libssl-dev", "zlib1g-dev"), ("libcurl4", "procps")),
}
"""Gem → Debian 12 packages beside a compiler: for its build, and for the running app."""
COMPILED: dict[str, Packages] = {
    "nokogiri": (("libxml2-dev", "libxslt1-dev", "zlib1g-dev"), ()),
    "ffi": (("libffi-dev",), ("libffi8",)),
}
"""Needed only where the lock has no build of the gem for Linux."""
BINARY_OF = {"wicked_pdf": "wkhtmltopdf", "pdfkit": "wkhtmltopdf", "imgkit": "wkhtmltopdf"}
"""A gem that takes its program from another gem whose name begins so, when that one is there."""
BROWSERS = frozenset({"ferrum", "grover", "puppeteer-ruby", "selenium-webdriver"})

OLDER_DEBIAN = {
    "bullseye": {
        "libicu72": "libicu67", "libffi8": "libffi7", "libssl3": "libssl1.1",
        "libldap-2.5-0": "libldap-2.4-2", "libproj25": "libproj19", "libidn12": "libidn11",
        "libtiff6": "libtiff5", "libwebp7": "libwebp6",
        "libharfbuzz-subset0": "libharfbuzz0b",
    },
    "buster": {
        "libicu72": "libicu63", "libffi8": "libffi6", "libssl3": "libssl1.1",
        "libldap-2.5-0": "libldap-2.4-2", "libproj25": "libproj13", "libidn12": "libidn11",
        "libtiff6": "libtiff5", "libwebp7": "libwebp6",
        "libharfbuzz-subset0": "libharfbuzz0b",
    },
}  # fmt: skip
"""Debian → Debian 12's name of a package and its own."""
