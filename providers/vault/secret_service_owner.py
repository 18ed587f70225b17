"""Who serves the Secret Service? Named by its process, so that people know which window to open."""

from importlib import import_module
from pathlib import Path

_KNOWN = {
    "gnome-keyring": "GNOME",
    "keepassxc": "KeePassXC",
    "kwalletd": "KWallet",
    "ksecretd": "KWallet",
}


def owner_of_secret_service() -> str:
    """ "GNOME", "KeePassXC", "KWallet", or "Secret Service" when that cannot be told."""
    try:
        jeepney = import_module("jeepney")
        connect = import_module("jeepney.io.blocking").open_dbus_connection
        name = "org.freedesktop.DBus"
        bus = jeepney.DBusAddress("/org/freedesktop/DBus", name, name)
        question = "GetConnectionUnixProcessID"
        call = jeepney.new_method_call(bus, question, "s", ("org.freedesktop.secrets",))
        with connect("SESSION") as connection:
            (pid,) = connection.send_and_get_reply(call, timeout=2).body
        program = (Path("/proc") / str(int(pid)) / "comm").read_text().strip().lower()
    except Exception:
        # Only a name for people: whatever goes wrong here, the keyring itself tells later.
        return "Secret Service"
    return next((shown for start, shown in _KNOWN.items() if start in program), "Secret Service")
