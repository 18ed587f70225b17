"""moveday's own wheel, made from the modules that run here: a checkout's or an installation's.

It holds what a runner needs: `wizard` and `providers`, without the sandbox and the screens. Nothing
is built: moveday is pure Python, so its files in a zip with a list of their hashes are its wheel.
The same files make the same bytes, whenever and wherever.
"""

import base64
import hashlib
import importlib.util
import zipfile
from collections.abc import Iterator
from pathlib import Path

from wizard.errors import BlockedError

_PACKAGES = ("providers", "wizard")
_LEFT_OUT = (Path("providers/sandbox"),)
_OLDEST = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o100644 << 16
_WHEEL = "Wheel-Version: 1.0\nGenerator: moveday\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def wheel_name(version: str) -> str:
    """The file's name."""
    return f"moveday-{version}-py3-none-any.whl"


def write_wheel(folder: Path, version: str) -> Path:
    """Write the wheel into `folder`. BlockedError when our own files are nowhere to be read."""
    target, about = folder / wheel_name(version), f"moveday-{version}.dist-info"
    record = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as wheel:

        def add(name: str, content: bytes) -> None:
            entry = zipfile.ZipInfo(name, _OLDEST)
            entry.external_attr, entry.compress_type = _PLAIN_FILE, zipfile.ZIP_DEFLATED
            wheel.writestr(entry, content)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
            record.append(f"{name},sha256={digest.decode()},{len(content)}\n")

        for name, path in _files():
            add(name, path.read_bytes())
        add(
            f"{about}/METADATA",
            f"Metadata-Version: 2.1\nName: moveday\nVersion: {version}\n".encode(),
        )
        add(f"{about}/WHEEL", _WHEEL.encode())
        whole = "".join(record) + f"{about}/RECORD,,\n"
        add(f"{about}/RECORD", whole.encode())
    return target


def _files() -> Iterator[tuple[str, Path]]:
    for package in _PACKAGES:
        found = importlib.util.find_spec(package)
        place = Path(found.origin).parent if found is not None and found.origin else Path()
        if not (place / "__init__.py").is_file():
            raise BlockedError(
                "moveday's own files cannot be read",
                f"the package {package} does not lie in a folder: {place}",
                "install moveday as a wheel or from its checkout; a runner is made of its files",
            )
        for path in sorted(place.rglob("*")):
            name = Path(package) / path.relative_to(place)
            if any(name.is_relative_to(part) for part in _LEFT_OUT) or "__pycache__" in name.parts:
                continue
            if path.is_file() and path.suffix != ".pyc":
                yield name.as_posix(), path
