"""Releases of PHP, its extensions, and how each gets into an official image: data, no code.

Sources: php.net/supported-versions.php, docker-library/php, devcenter's list of extensions.
"""

from datetime import date
from typing import NamedTuple

PHP = {
    (7, 3): (date(2021, 12, 6), "bullseye"),
    (7, 4): (date(2022, 11, 28), "bullseye"),
    (8, 0): (date(2023, 11, 26), "bullseye"),
    (8, 1): (date(2025, 12, 31), "bookworm"),
    (8, 2): (date(2026, 12, 31), "bookworm"),
    (8, 3): (date(2027, 12, 31), "bookworm"),
    (8, 4): (date(2028, 12, 31), "bookworm"),
    (8, 5): (date(2029, 12, 31), "bookworm"),
}
"""(major, minor) → end of support, Debian of the image."""
PHP_DEFAULT = (8, 4)
"""What a repository gets that names no version and locks no package."""

IN_IMAGE = frozenset({
    "core", "ctype", "curl", "date", "dom", "fileinfo", "filter", "hash", "iconv", "json",
    "lexbor", "libxml", "mbstring", "mysqlnd", "openssl", "pcre", "pdo", "pdo_sqlite", "phar",
    "posix", "random", "readline", "reflection", "session", "simplexml", "sodium", "spl",
    "sqlite3", "standard", "tokenizer", "uri", "xml", "xmlreader", "xmlwriter", "zlib",
})  # fmt: skip


class Extension(NamedTuple):
    """Packages for building and running; `pecl` is its name there, "" for PHP's own source."""

    build: tuple[str, ...] = ()
    run: tuple[str, ...] = ()
    configure: str = ""
    pecl: str = ""


EXTENSIONS = {
    "bcmath": Extension(),
    "bz2": Extension(("libbz2-dev",), ()),
    "calendar": Extension(),
    "exif": Extension(),
    "ffi": Extension(("libffi-dev",), ("libffi8",)),
    "ftp": Extension(("libssl-dev",), ()),
    "gd": Extension(
        ("libfreetype-dev", "libjpeg62-turbo-dev", "libpng-dev", "libwebp-dev"),
        ("libfreetype6", "libjpeg62-turbo", "libpng16-16", "libwebp7"),
        "--with-freetype --with-jpeg --with-webp",
    ),
    "gettext": Extension(),
    "gmp": Extension(("libgmp-dev",), ("libgmp10",)),
    "intl": Extension(("libicu-dev",), ("libicu72",)),
    "ldap": Extension(("libldap2-dev",), ("libldap-2.5-0",)),
    "mysqli": Extension(),
    "opcache": Extension(),
    "pcntl": Extension(),
    "pdo_mysql": Extension(),
    "pdo_pgsql": Extension(("libpq-dev",), ("libpq5",)),
    "pgsql": Extension(("libpq-dev",), ("libpq5",)),
    "shmop": Extension(),
    "soap": Extension(("libxml2-dev",), ("libxml2",)),
    "sockets": Extension(),
    "sysvmsg": Extension(),
    "sysvsem": Extension(),
    "sysvshm": Extension(),
    "tidy": Extension(("libtidy-dev",), ("libtidy5deb1",)),
    "xsl": Extension(("libxslt1-dev",), ("libxslt1.1",)),
    "zip": Extension(("libzip-dev",), ("libzip4",)),
    "amqp": Extension(("librabbitmq-dev",), ("librabbitmq4",), pecl="amqp"),
    "apcu": Extension(pecl="apcu"),
    "ds": Extension(pecl="ds"),
    "igbinary": Extension(pecl="igbinary"),
    "imagick": Extension(
        ("libmagickwand-dev",), ("ghostscript", "libmagickwand-6.q16-6"), pecl="imagick"
    ),
    "memcached": Extension(
        ("libmemcached-dev", "libssl-dev", "zlib1g-dev"), ("libmemcached11",), pecl="memcached"
    ),
    "mongodb": Extension(("libssl-dev",), (), pecl="mongodb"),
    "msgpack": Extension(pecl="msgpack"),
    "oauth": Extension(pecl="oauth"),
    "pcov": Extension(pecl="pcov"),
    "rdkafka": Extension(("librdkafka-dev",), ("librdkafka1",), pecl="rdkafka"),
    "redis": Extension(pecl="redis"),
    "uuid": Extension(("uuid-dev",), ("libuuid1",), pecl="uuid"),
    "xdebug": Extension(pecl="xdebug"),
    "yaml": Extension(("libyaml-dev",), ("libyaml-0-2",), pecl="yaml"),
}
"""Extension → how it is had. Package names of Debian 12."""

SILENT = {
    r"new\s+\\?ZipArchive\b": ("zip", "ZipArchive"),
    r"\bmysqli_connect\(|new\s+\\?mysqli\b": ("mysqli", "mysqli"),
    r"\bpg_connect\(|\bpg_query\(": ("pgsql", "pg_"),
    r"\bsocket_create\(": ("sockets", "socket_create"),
    r"\bbz(open|compress|decompress)\(": ("bz2", "bz"),
    r"['\"]pgsql:|['\"]pgsql['\"]": ("pdo_pgsql", "pgsql"),
    r"['\"]mysql:|['\"]mysql['\"]": ("pdo_mysql", "mysql"),
}
"""What code that uses an extension looks like → its name, and a word without which no code does.

Heroku has these in without being asked.
"""
DATABASE_PACKAGES = {
    "illuminate/database": ("pdo_mysql", "pdo_pgsql"),
    "laravel/framework": ("pdo_mysql", "pdo_pgsql"),
    "doctrine/dbal": ("pdo_mysql", "pdo_pgsql"),
    "cakephp/database": ("pdo_mysql", "pdo_pgsql"),
    "yiisoft/yii2": ("pdo_mysql", "pdo_pgsql"),
    "robmorgan/phinx": ("pdo_mysql", "pdo_pgsql"),
}
"""Packages that reach a database through PDO without requiring a driver."""

RUNS_ON = frozenset({
    "queue:work", "queue:listen", "horizon", "horizon:work", "schedule:work", "reverb:start",
    "octane:start", "websockets:serve", "pulse:check", "pulse:work", "serve", "messenger:consume",
    "pail", "short-schedule:run", "rabbitevents:listen", "swoole:http",
})  # fmt: skip
"""Console commands of frameworks that run until they are stopped."""
