"""How do containers reach each other by name? Each name and port leads to a loopback port.

An app's variables get the loopback port at its start (the name stays, since certificates are
checked against it; its address comes from PGHOSTADDR). The client programs of the image `postgres`
are thin ones here: what they read of libpq's service file gets address and port, whenever it is
written.
"""

import re
from pathlib import Path

from providers import bundled_postgres

PROGRAMS = ("psql", "pg_dump", "pg_restore", "pg_dumpall", "pg_isready")
# Names of the new side's databases carry their loopback ports already.
OUTSIDE = ".aptible.in"
_TABLE = "names"
_THIN = """#!/bin/sh
# Finds the names of this container's world; then it is the program itself.
if [ -r "${PGSERVICEFILE:-}" ]; then
  umask 077
  awk -f "@here@/names.awk" "@here@/names" "$PGSERVICEFILE" >"$PGSERVICEFILE.$$" &&
    mv "$PGSERVICEFILE.$$" "$PGSERVICEFILE.found" && PGSERVICEFILE=$PGSERVICEFILE.found
  export PGSERVICEFILE
fi
exec "@programs@/@name@" "$@"
"""
_AWK = """# First file: HOST PORT LOOPBACK_PORT, or a suffix of names whose ports are as they say.
function known(   suffix) {
  if ((host, port == "" ? "5432" : port) in to) return to[host, port == "" ? "5432" : port]
  for (suffix in suffixes)
    if (substr(host, length(host) - length(suffix) + 1) == suffix) return port == "" ? "5432" : port
  return ""
}
function told(   i, found) {
  found = known()
  for (i = 1; i <= n; i++) if (found == "" || lines[i] !~ /^port=/) print lines[i]
  if (found != "") print "hostaddr=127.0.0.1\\nport=" found
  n = 0; host = ""; port = ""
}
FNR == NR && NF == 1 { suffixes[$1]; next }
FNR == NR { to[$1, $2] = $3; next }
/^\\[/ { told() }
/^host=/ { host = substr($0, 6) }
/^port=/ { port = substr($0, 6) }
{ lines[++n] = $0 }
END { told() }
"""


class Names:
    """The names of one cluster, and of what it reaches outside. `folder` holds what containers
    need to find them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ports: dict[tuple[str, int], int] = {}

    def put(self, host: str, port: int, loopback: int) -> None:
        """From now on `host:port` is loopback port `loopback`; programs that ask later see it."""
        self._ports[host, port] = loopback
        self._save()

    def in_text(self, text: str) -> str:
        """`text` with the loopback ports of the names in it."""
        for (host, port), loopback in self._ports.items():
            said = re.compile(rf"(?<![\w.-]){re.escape(host)}:{port}(?!\d)")
            text = said.sub(f"{host}:{loopback}", text)
        return text

    def programs(self) -> Path:
        """A folder with client programs that know the names, to begin a PATH with."""
        real = bundled_postgres.programs()
        self._save()
        (self.folder / "names.awk").write_text(_AWK)
        folder = self.folder / "bin"
        folder.mkdir(exist_ok=True)
        for name in PROGRAMS:
            thin = folder / name
            if not thin.exists() and (real / name).exists():
                text = _THIN.replace("@here@", str(self.folder)).replace("@programs@", str(real))
                thin.write_text(text.replace("@name@", name))
                thin.chmod(0o755)
        return folder

    def _save(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        rows = [f"{host} {port} {to}" for (host, port), to in self._ports.items()]
        (self.folder / _TABLE).write_text("\n".join([OUTSIDE, *rows, ""]))
