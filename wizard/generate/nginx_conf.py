"""Settings for nginx as a user without rights, on the port that the container is told."""

from collections.abc import Iterable

from wizard.generate.notebook import Notebook
from wizard.model.files import GeneratedFile, Line

PATH = "docker-nginx.conf"
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def start(*names: str) -> str:
    """The command: nginx reads no variables, so these are put in when the container starts."""
    wanted = " ".join(f"${name}" for name in names)
    return (
        f"envsubst '{wanted}' < {PATH} > /tmp/nginx.conf"
        " && exec nginx -c /tmp/nginx.conf -g 'daemon off;'"
    )


COMMAND = start("PORT")


def nginx_file(
    book: Notebook,
    server: Iterable[Line],
    http: Iterable[Line] = (),
    *,
    access_log: bool = True,
) -> GeneratedFile:
    """The whole file: `http` lines stand before the server, `server` lines inside it."""
    texts = [
        "# Written by moveday. $PORT is put in when the container starts.",
        "worker_processes 2;",
        "pid /tmp/nginx.pid;",
        "error_log /dev/stderr warn;",
        "events {",
        "    worker_connections 1024;",
        "}",
        "http {",
        "    include /etc/nginx/mime.types;",
        "    default_type application/octet-stream;",
        f"    access_log {'/dev/stdout' if access_log else 'off'};",
        *(f"    {name}_temp_path /tmp/{name}_temp;" for name in _TEMPORARY),
        "    sendfile on;",
        "    server_tokens off;",
        "    # The endpoint in front speaks HTTPS: addresses of our own would name the wrong port.",
        "    absolute_redirect off;",
        "    gzip on;",
        "    gzip_proxied any;",
        "    gzip_types text/css application/javascript application/json image/svg+xml;",
    ]
    lines = [Line(text=text, rule="F13") for text in texts]
    lines += [line.model_copy(update={"text": f"    {line.text}"}) for line in http]
    lines += [
        Line(text="    server {", rule="F14"),
        Line(text="        listen $PORT;", rule="F14"),
        *(line.model_copy(update={"text": f"        {line.text}".rstrip()}) for line in server),
        Line(text="    }", rule="F14"),
        Line(text="}", rule="F14"),
    ]
    return GeneratedFile(path=PATH, lines=tuple(lines), before=book.view.read(PATH))


def quoted(text: str) -> str:
    """A text as nginx reads it back."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
