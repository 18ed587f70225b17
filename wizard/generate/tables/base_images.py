"""What official images bring: an entry point, a command that serves, its port; and their Debian.

Sources: the Dockerfiles of the official images (github.com/docker-library).
"""

WITH_ENTRYPOINT = frozenset({"node", "php", "eclipse-temurin", "nginx", "postgres", "redis"})
"""With one, lines of a Procfile reach it as words, without a shell."""

SERVING = {
    ("php", "apache"): ("apache2-foreground", "80"),
    ("httpd", ""): ("httpd-foreground", "80"),
    ("nginx", ""): ("nginx -g 'daemon off;'", "80"),
    ("nginxinc/nginx-unprivileged", ""): ("nginx -g 'daemon off;'", "8080"),
    ("tomcat", ""): ("catalina.sh run", "8080"),
    ("caddy", ""): ("caddy run --config /etc/caddy/Caddyfile --adapter caddyfile", "80"),
}
"""Image and part of its tag → the command it starts by itself, and the port of that."""

GONE_DEBIAN = ("wheezy", "jessie", "stretch", "buster")
"""Releases whose packages moved to archive.debian.org: `apt-get update` fails."""

GONE_BEFORE = {
    "node": ((14, 0), "stretch"),
    "ruby": ((2, 7), "buster"),
    "python": ((3, 6), "buster"),
    "php": ((7, 3), "buster"),
}
"""Image → the first version whose plain tag stands on a Debian that still answers."""
