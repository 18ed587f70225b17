"""What an image is for, as far as its name tells: databases, proxies, mail, tools of developers."""

import re
from typing import Literal

from wizard.formats.database_image import engine_of
from wizard.formats.image_name import read_image

Kind = Literal["app", "database", "proxy", "tls", "tool", "mail"]

_PROXY = re.compile(
    r"^(?:traefik|nginx-proxy|nginx-proxy-manager|caddy|caddy-docker-proxy|haproxy|swag|envoy"
    r"|nginx-certbot|openresty|https-portal|docker-letsencrypt-nginx-proxy)$"
)
_TLS = re.compile(
    r"^(?:certbot|acme-companion|acme\.sh|letsencrypt-nginx-proxy-companion"
    r"|docker-letsencrypt-nginx-proxy-companion)$"
)
_MAIL = re.compile(
    r"^(?:smtp|docker-smtp|smtp-relay|smtp-server|smtp-forwarder|exim-?relay|exim4?|postfix"
    r"|postfix-relay|docker-postfix|boky-postfix|mail-?relay|msmtpd|opensmtpd|simple-mail-forwarder"
    r"|docker-exim-relay|mailhog|mailpit|maildev|inbucket|mailcatcher|smtp4dev|greenmail|standalone)$"
)
_TOOL = re.compile(
    r"^(?:adminer|pgadmin4?|phpmyadmin|mongo-express|redis-commander|redisinsight|portainer(?:-ce)?"
    r"|watchtower|autoheal|dozzle|selenium|chrome|standalone-chrom(?:e|ium)|localstack|kibana-dev|ofelia|docker-db-backup"
    r"|postgres-backup-s3|postgres-backup-local|postgres-backup|docker-volume-backup"
    r"|gopherproxy|pghero|redis-insight"
    r"|(?:postgres|postgresql|mysqld|redis|mongodb|elasticsearch|kafka|node|nginx)[-_]exporter"
    r"|pgweb|visualizer)$"
)
_CLIENT = re.compile(
    r"^(?:aws-?cli|azure-cli|cloud-sdk|google-cloud-cli|mc|rclone|s3cmd|kubectl|helm|terraform)$"
)
_PLAIN_SERVER = re.compile(r"^(?:nginx(?:-unprivileged)?|httpd|apache|caddy|lighttpd)$")
_ELSEWHERE = frozenset({"standalone"})
"""Names that tell something only below another (greenmail/standalone)."""


def kind_of_image(image: str) -> Kind:
    """What an image is for, by its name; "app" when nothing else is known."""
    if engine_of(image):
        return "database"
    name = read_image(image)
    last = name.last.lower()
    if last in _ELSEWHERE:
        last = name.path.rpartition("/")[0].rpartition("/")[2].lower()
    known: tuple[tuple[re.Pattern[str], Kind], ...] = (
        (_PROXY, "proxy"),
        (_TLS, "tls"),
        (_MAIL, "mail"),
        (_TOOL, "tool"),
    )
    return next((kind for pattern, kind in known if pattern.match(last)), "app")


def plain_web_server(image: str) -> bool:
    """Whether it is a bare web server: of files, or in front of others, as it is set up."""
    return bool(_PLAIN_SERVER.match(read_image(image).last.lower()))


def client_program(image: str) -> bool:
    """Whether it holds a program that a person starts by hand, and no server."""
    return bool(_CLIENT.match(read_image(image).last.lower()))
