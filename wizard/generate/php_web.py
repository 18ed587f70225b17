"""The web server of a PHP app: what heroku-php-apache2 and heroku-php-nginx did, as files."""

import re

from wizard.generate.commands import words
from wizard.generate.nginx_conf import nginx_file
from wizard.generate.nginx_conf import start as nginx_start
from wizard.generate.notebook import Notebook
from wizard.generate.processes import ProcessLine
from wizard.generate.recipe import APP
from wizard.model.files import Evidence, GeneratedFile, Line
from wizard.model.frozen import Frozen

APACHE_FILE = "docker-apache.conf"
FPM_FILE = "docker-fpm.conf"
INI_FILE = "docker-php.ini"
_STARTER = re.compile(r"(?:vendor/bin/|\./vendor/bin/)?heroku-php-(apache2|nginx)")
_WITH_VALUE = {"-C": "conf", "-F": "fpm", "-i": "ini", "-l": "", "-p": "", "-c": "all", "-f": "all"}


class PhpWeb(Frozen):
    """`kind` apache, fpm (behind nginx) or cli; `root` below /app, "" for /app itself.

    `conf`, `fpm` and `ini` are the repository's own files that the server includes.
    """

    kind: str
    root: str = ""
    conf: str = ""
    fpm: str = ""
    ini: str = ""
    command: str = ""
    evidence: Evidence


def php_web(book: Notebook, web: ProcessLine | None, framework_root: str) -> PhpWeb | None:
    """How the web is served; None while a question is open."""
    if web is None:
        fact = "no Procfile: Heroku starts Apache"
        place = Evidence(path=f"{framework_root}/index.php".lstrip("/"), fact=fact)
        return PhpWeb(kind="apache", root=framework_root, command="", evidence=place)
    starter = _STARTER.search(web.command)
    if starter:
        return _from_buildpack(book, web, starter)
    built_in = re.search(r"\bphp\s+(?:-\S+\s+)*-S\s+\S+(.*)$|\bartisan\s+serve\b", web.command)
    if built_in is None:
        return PhpWeb(kind="cli", command=web.command, evidence=web.evidence)
    rest = built_in.group(1) or ""
    root = re.search(r"-t\s*(\S+)", rest)
    router = re.sub(r"-t\s*\S+", "", rest).strip()
    if router:
        book.warn(
            "development-server:web",
            "web runs PHP's own development server with a router script: kept as it is",
            "it answers one request at a time; `heroku-php-apache2 FOLDER` in the Procfile gets "
            "the app Apache here",
            web.evidence,
        )
        return PhpWeb(kind="cli", command=web.command, evidence=web.evidence)
    folder = root.group(1) if root else ("public" if "artisan" in web.command else "")
    book.warn(
        "development-server:web",
        "web starts PHP's development server, which answers one request at a time: Apache "
        "serves the same folder instead",
        "",
        web.evidence,
    )
    return PhpWeb(kind="apache", root=folder.strip("/").removeprefix("./"), evidence=web.evidence)


def _from_buildpack(book: Notebook, web: ProcessLine, starter: re.Match[str]) -> PhpWeb | None:
    kind = "apache" if starter.group(1) == "apache2" else "fpm"
    told: dict[str, str] = {}
    root, left = "", words(re.split(r"[;&|]", web.command[starter.end() :])[0])
    while left:
        word = left.pop(0)
        key, value = word[:2], word[2:]
        if key in _WITH_VALUE:
            value = value or (left.pop(0) if left else "")
            told[_WITH_VALUE[key]] = value.removeprefix("./")
        elif not word.startswith("-"):
            root = word.strip("/").removeprefix("./")
    missing = [path for key, path in told.items() if key and not book.has(path)]
    if "all" in told or missing or not re.fullmatch(r"[\w./-]*", root) or ".." in root:
        book.ask(
            "php-server-config",
            "the web command replaces the server's whole configuration, or names a file that is "
            "not there: what shall the server be told?",
            "only the files of -C, -F and -i can be included in the one written here; write a "
            "Dockerfile of your own for the others",
            found=(
                web.evidence,
                *(Evidence(path="Procfile", fact=f"names {m[:60]}") for m in missing),
            ),
        )
        return None
    before = web.command[: starter.start()].strip()
    return PhpWeb(
        kind=kind,
        root="" if root == "." else root,
        conf=told.get("conf", ""),
        fpm=told.get("fpm", ""),
        ini=told.get("ini", ""),
        command=before.removesuffix("exec").strip(),
        evidence=web.evidence,
    )


def start_command(web: PhpWeb) -> str:
    """The line that starts the server, behind what the Procfile does before it."""
    if web.kind == "cli":
        return web.command
    nginx = nginx_start("PORT", "DOCUMENT_ROOT")
    start = "apache2-foreground" if web.kind == "apache" else f"php-fpm -D && {nginx}"
    return f"{web.command} {start}".strip()


def server_files(book: Notebook, web: PhpWeb) -> list[GeneratedFile]:
    """The settings that the server and PHP get, as files of the repository."""
    found = [_ini(book, web)]
    if web.kind == "apache":
        found.append(_apache(book, web))
    if web.kind == "fpm":
        found += [_nginx(book, web), _fpm(book, web)]
    return found


def _file(book: Notebook, path: str, texts: list[str], web: PhpWeb) -> GeneratedFile:
    lines = tuple(Line(text=text, rule="F57", evidence=(web.evidence,)) for text in texts)
    return GeneratedFile(path=path, lines=lines, before=book.view.read(path))


def _ini(book: Notebook, web: PhpWeb) -> GeneratedFile:
    texts = [
        "; Written by moveday: what Heroku's PHP was told beside the defaults.",
        "; $_ENV holds the configuration.",
        'variables_order = "EGPCS"',
        "expose_php = Off",
        "display_errors = Off",
        "display_startup_errors = Off",
        "log_errors = On",
        "error_reporting = E_ALL & ~E_DEPRECATED",
        "short_open_tag = Off",
    ]
    user = ".user.ini" if not web.root else f"{web.root}/.user.ini"
    if web.kind == "apache" and book.has(user):
        rows = [r.strip() for r in book.text(user).splitlines() if r.strip()]
        texts += [f"; From {user}, which PHP inside Apache does not read.", *rows]
    return _file(book, INI_FILE, texts, web)


def _apache(book: Notebook, web: PhpWeb) -> GeneratedFile:
    texts = [
        "# Written by moveday. Apache puts in the variables from the environment.",
        "Listen ${PORT}",
        "ErrorLog /dev/stderr",
        "PidFile /tmp/apache2.pid",
        "DefaultRuntimeDir /tmp",
        "ServerName localhost",
        "ServerTokens Prod",
        "TraceEnable off",
        "# One process per request: a connection that waits must not hold one.",
        "KeepAlive Off",
        "StartServers 2",
        "MinSpareServers 1",
        "MaxSpareServers 4",
        "MaxRequestWorkers ${WEB_CONCURRENCY}",
        "<VirtualHost *:${PORT}>",
        "    CustomLog /dev/stdout combined",
        "    DocumentRoot ${DOCUMENT_ROOT}",
        "    <Directory ${DOCUMENT_ROOT}>",
        "        Options FollowSymLinks",
        "        AllowOverride All",
        "        DirectoryIndex index.php index.html index.htm",
        "        Require all granted",
        "    </Directory>",
        r'    <FilesMatch "^(\.|composer\.json$|composer\.lock$|Procfile$|docker-)">',
        "        Require all denied",
        "    </FilesMatch>",
    ]
    if not web.root:
        texts += [
            f"    <Directory {APP}/vendor>",
            "        Require all denied",
            "    </Directory>",
        ]
    texts += [
        "    # The endpoint in front ends HTTPS, and says so.",
        '    SetEnvIf X-Forwarded-Proto "^https$" HTTPS=on',
    ]
    if web.conf:
        texts.append(f"    Include {APP}/{web.conf}")
    return _file(book, APACHE_FILE, [*texts, "</VirtualHost>"], web)


def _nginx(book: Notebook, web: PhpWeb) -> GeneratedFile:
    http = [
        "# PHP limits uploads itself.",
        "client_max_body_size 0;",
        "map $http_x_forwarded_proto $php_https {",
        '    "https" on;',
        '    default "";',
        "}",
        "# The name that Heroku gave it: included files may use it.",
        "upstream heroku-fcgi {",
        "    server 127.0.0.1:9000;",
        "}",
    ]
    server = [
        "root $DOCUMENT_ROOT;",
    ]
    if web.conf:
        server.append(f"include {APP}/{web.conf};")
    else:
        server += ["location / {", "    index index.php index.html index.htm;", "}"]
    if not web.root:
        server += [r"location ~ ^/(vendor/|docker-|composer\.|Procfile) {", "    deny all;", "}"]
    server += [
        r"location ~ /\. {",
        "    deny all;",
        "}",
        r"location ~ \.php {",
        "    try_files @heroku-fcgi @heroku-fcgi;",
        "}",
        "location @heroku-fcgi {",
        "    include /etc/nginx/fastcgi_params;",
        r"    fastcgi_split_path_info ^(.+\.php)(/.*)$;",
        "    fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;",
        "    fastcgi_param PATH_INFO $fastcgi_path_info;",
        "    fastcgi_param HTTPS $php_https if_not_empty;",
        '    fastcgi_param HTTP_PROXY "";',
        "    fastcgi_buffers 256 4k;",
        "    fastcgi_pass heroku-fcgi;",
        "}",
    ]

    def lines(texts: list[str]) -> list[Line]:
        return [Line(text=text, rule="F57", evidence=(web.evidence,)) for text in texts]

    return nginx_file(book, lines(server), lines(http))


def _fpm(book: Notebook, web: PhpWeb) -> GeneratedFile:
    texts = [
        "; Written by moveday. The number of processes comes from the environment.",
        "[www]",
        "listen = 127.0.0.1:9000",
        "pm = ondemand",
        "pm.max_children = ${WEB_CONCURRENCY}",
        "catch_workers_output = yes",
        "decorate_workers_output = no",
        "clear_env = no",
    ]
    if web.fpm:
        texts.append(f"include = {APP}/{web.fpm}")
    return _file(book, FPM_FILE, texts, web)
