"""What does every authoritative server say of every name? A line a name, or a line a server."""

from screens.widgets.fact_table import cut
from screens.widgets.words import Words
from wizard.rules.server_sides import ServerSide
from wizard.runbook.probes import Look, ServerLook
from wizard.safety.clean import clean

_SIGNS: dict[ServerSide, str] = {
    "old": "·",
    "new": "✓",
    "other": "✗",
    "nothing": "✗",
    "silent": "?",
}
_NAME, _SERVER = 30, 26


class ServerTable(Words):
    """`whole` shows every server; otherwise a name that all servers agree on is one line."""

    def __init__(self) -> None:
        super().__init__("", id="servers", markup=False)

    def tell(self, look: Look | None, *, whole: bool) -> None:
        """Show the newest look; hidden without one."""
        self.display = look is not None
        if look is None:
            return
        if look.trouble:
            self.update(clean(f"? the name servers cannot be asked: {look.trouble}", 300))
            return
        names = dict.fromkeys(server.name for server in look.servers)
        lines = [f"  {'name':<{_NAME}}{'server':<{_SERVER}}leads to   TTL"] if whole else []
        for name in names:
            lines += _lines(name, [s for s in look.servers if s.name == name], whole=whole)
        self.update("\n".join(lines))


def _lines(name: str, servers: list[ServerLook], *, whole: bool) -> list[str]:
    shown = cut(clean(name, 253), _NAME - 1)
    if whole:
        return [
            f"{_SIGNS[s.side]} {shown:<{_NAME}}"
            f"{cut(clean(s.server, 253), _SERVER - 1):<{_SERVER}}{s.side:<11}{_ttl(s.ttl)}"
            for s in servers
        ]
    said = dict.fromkeys((s.side, s.ttl) for s in servers)
    parts = []
    for side, ttl in said:
        count = sum((s.side, s.ttl) == (side, ttl) for s in servers)
        parts.append(f"{_SIGNS[side]} {side}, TTL {_ttl(ttl)}, {count} of {len(servers)} servers")
    return [f"{shown}  {'; '.join(parts)}"]


def _ttl(ttl: int | None) -> str:
    return "none" if ttl is None else f"{ttl} s"
