"""Dependency → Debian 12 packages: those its build needs, and those the running app needs.

Matched against parsed names of production dependencies only. Names from facts of the peers' tables
and the packages' own documentation; each exists in bookworm.
"""

Packages = tuple[tuple[str, ...], tuple[str, ...]]

_CHROMIUM: Packages = ((), ("chromium", "chromium-sandbox", "fonts-liberation"))
_PG: Packages = (("gcc", "libc6-dev", "libpq-dev"), ("libpq5",))
_COMPILER: Packages = (("build-essential", "python3"), ())

PYTHON: dict[str, Packages] = {
    "psycopg2": _PG,
    "psycopg-c": _PG,
    "mysqlclient": (
        ("default-libmysqlclient-dev", "gcc", "libc6-dev", "pkg-config"),
        ("libmariadb3",),
    ),
    "pymssql": (("build-essential", "freetds-dev"), ("freetds-bin",)),
    "pyodbc": (("build-essential", "unixodbc-dev"), ("unixodbc",)),
    "wand": ((), ("libmagickwand-6.q16-6",)),
    "pycurl": (("build-essential", "libcurl4-openssl-dev", "libssl-dev"), ("libcurl4",)),
    "pyppeteer": _CHROMIUM,
    "playwright": _CHROMIUM,
    "selenium": ((), ("chromium", "chromium-driver", "fonts-liberation")),
    "pdfkit": ((), ("wkhtmltopdf",)),
    "pytesseract": ((), ("tesseract-ocr",)),
    "graphviz": ((), ("graphviz",)),
    "pygraphviz": (("build-essential", "graphviz", "libgraphviz-dev"), ("graphviz",)),
    "pycairo": (("build-essential", "libcairo2-dev", "pkg-config"), ("libcairo2",)),
    "cairosvg": ((), ("libcairo2",)),
    "weasyprint": (
        (),
        ("libharfbuzz-subset0", "libpango-1.0-0", "libpangoft2-1.0-0"),
    ),
    "python-magic": ((), ("libmagic1",)),
    "xmlsec": (("build-essential", "libxmlsec1-dev", "pkg-config"), ("libxmlsec1-openssl",)),
    "python3-saml": (("build-essential", "libxmlsec1-dev", "pkg-config"), ("libxmlsec1-openssl",)),
    "pysaml2": ((), ("xmlsec1",)),
    "uwsgi": (("build-essential", "libpcre2-dev"), ("libpcre2-8-0",)),
    "pylibmc": (("build-essential", "libmemcached-dev", "zlib1g-dev"), ("libmemcached11",)),
    "pdf2image": ((), ("poppler-utils",)),
    "pydub": ((), ("ffmpeg",)),
    "ffmpeg-python": ((), ("ffmpeg",)),
    "python-ldap": (("build-essential", "libldap2-dev", "libsasl2-dev"), ("libldap-2.5-0",)),
    "django-auth-ldap": (("build-essential", "libldap2-dev", "libsasl2-dev"), ("libldap-2.5-0",)),
    "gdal": (("build-essential", "libgdal-dev"), ("gdal-bin", "libgeos-c1v5", "libproj25")),
    "pillow-simd": (("build-essential", "libjpeg-dev", "zlib1g-dev"), ("libjpeg62-turbo",)),
    "opencv-python": ((), ("libgl1", "libglib2.0-0")),
    "gitpython": ((), ("git",)),
}

NODE: dict[str, Packages] = {
    "sqlite3": _COMPILER,
    "better-sqlite3": _COMPILER,
    "bcrypt": _COMPILER,
    "argon2": _COMPILER,
    "node-gyp": _COMPILER,
    "node-sass": _COMPILER,
    "libpq": (("build-essential", "libpq-dev", "python3"), ("libpq5",)),
    "pg-native": (("build-essential", "libpq-dev", "python3"), ("libpq5",)),
    "node-rdkafka": (
        ("build-essential", "librdkafka-dev", "libssl-dev", "python3"),
        ("librdkafka1",),
    ),
    "canvas": (
        (
            "build-essential", "libcairo2-dev", "libgif-dev", "libjpeg-dev", "libpango1.0-dev",
            "librsvg2-dev", "python3",
        ),
        ("libcairo2", "libgif7", "libjpeg62-turbo", "libpango-1.0-0", "librsvg2-2"),
    ),
    "gm": ((), ("ghostscript", "imagemagick")),
    "imagemagick": ((), ("ghostscript", "imagemagick")),
    "fluent-ffmpeg": ((), ("ffmpeg",)),
    "puppeteer": _CHROMIUM,
    "puppeteer-core": _CHROMIUM,
    "playwright": _CHROMIUM,
    "node-poppler": ((), ("poppler-utils",)),
    "pdf-poppler": ((), ("poppler-utils",)),
    "wkhtmltopdf": ((), ("wkhtmltopdf",)),
    "simple-git": ((), ("git",)),
    "prisma": (("ca-certificates", "openssl"), ("ca-certificates", "openssl")),
    "@prisma/client": (("ca-certificates", "openssl"), ("ca-certificates", "openssl")),
}  # fmt: skip
BROWSERS = frozenset({"puppeteer", "puppeteer-core"})

PROGRAMS = {
    "convert": "imagemagick", "identify": "imagemagick", "mogrify": "imagemagick",
    "magick": "imagemagick", "gs": "ghostscript", "pdftotext": "poppler-utils",
    "pdftoppm": "poppler-utils", "pdfinfo": "poppler-utils", "rsvg-convert": "librsvg2-bin",
    "psql": "postgresql-client", "pg_dump": "postgresql-client", "pg_restore": "postgresql-client",
    "git": "git", "curl": "curl", "wget": "wget", "jq": "jq", "zip": "zip", "unzip": "unzip",
    "rsync": "rsync", "ssh": "openssh-client", "ffmpeg": "ffmpeg", "ffprobe": "ffmpeg",
    "wkhtmltopdf": "wkhtmltopdf", "pdftk": "pdftk-java", "tesseract": "tesseract-ocr",
    "soffice": "libreoffice", "libreoffice": "libreoffice", "dot": "graphviz",
    "chromium": "chromium", "google-chrome": "chromium",
}  # fmt: skip
"""A program the code may call → its package. Heroku's image had most of them."""

RENAMED = {
    "libwebp6": "libwebp7", "phantomjs": "", "libappindicator1": "libayatana-appindicator1",
    "libvips": "libvips42", "libjpeg-turbo8": "libjpeg62-turbo", "libicu66": "libicu72",
    "libicu70": "libicu72", "libffi7": "libffi8", "libssl1.1": "libssl3", "libpq": "libpq5",
    "libmysqlclient21": "libmariadb3", "libmysqlclient-dev": "default-libmysqlclient-dev",
    "libasound2t64": "libasound2", "libtiff5": "libtiff6",
    "libicu74": "libicu72", "libcurl3": "libcurl4", "libpng12-0": "libpng16-16",
    "libav-tools": "ffmpeg",
}  # fmt: skip
"""Names of Ubuntu that Debian 12 does not have → its own, "" for what is gone."""

RUNS_WITH = {
    "libpq-dev": "libpq5", "libvips-dev": "libvips42", "libxml2-dev": "libxml2",
    "libmagickwand-dev": "libmagickwand-6.q16-6", "libxslt1-dev": "libxslt1.1",
    "libffi-dev": "libffi8", "libcairo2-dev": "libcairo2", "libpango1.0-dev": "libpango-1.0-0",
    "libmagic-dev": "libmagic1", "libgdal-dev": "gdal-bin", "libsqlite3-dev": "libsqlite3-0",
    "libicu-dev": "libicu72", "libcurl4-openssl-dev": "libcurl4", "libssl-dev": "libssl3",
    "libpoppler-glib-dev": "libpoppler-glib8", "libgirepository1.0-dev": "libgirepository-1.0-1",
    "libxmlsec1-dev": "libxmlsec1-openssl", "libldap2-dev": "libldap-2.5-0",
    "libsasl2-dev": "libsasl2-2", "unixodbc-dev": "unixodbc", "freetds-dev": "freetds-bin",
    "libmemcached-dev": "libmemcached11", "librdkafka-dev": "librdkafka1",
    "libgeos-dev": "libgeos-c1v5", "libproj-dev": "libproj25", "libjpeg-dev": "libjpeg62-turbo",
    "libpng-dev": "libpng16-16", "libtiff-dev": "libtiff6", "libwebp-dev": "libwebp7",
    "libfreetype6-dev": "libfreetype6", "libgif-dev": "libgif7", "librsvg2-dev": "librsvg2-2",
    "libyaml-dev": "libyaml-0-2", "libsodium-dev": "libsodium23", "libgmp-dev": "libgmp10",
    "default-libmysqlclient-dev": "libmariadb3", "libmariadb-dev": "libmariadb3",
    "libpcre2-dev": "libpcre2-8-0", "zlib1g-dev": "zlib1g", "libreadline-dev": "libreadline8",
    "libsndfile1-dev": "libsndfile1", "libtesseract-dev": "libtesseract5",
    "libleptonica-dev": "liblept5", "libzbar-dev": "libzbar0", "libglib2.0-dev": "libglib2.0-0",
    "portaudio19-dev": "libportaudio2", "libsnappy-dev": "libsnappy1v5", "python3-dev": "python3",
}  # fmt: skip
"""Headers that a build needs → what the running app needs of the same library."""
