"""Does this machine run on battery? By the kernel's files on Linux, by `pmset` on macOS.

Sources: the kernel's Documentation/ABI/testing/sysfs-class-power (type, scope, online, present,
status, capacity); pmset(1). The macOS words were not seen on a real machine.
"""

import re
import shutil
from pathlib import Path

from providers import process
from wizard.errors import MachineError
from wizard.model.laptop import Power

_SUPPLIES = "sys/class/power_supply"
_ASK_WITHIN = 5.0
_FEEDING = ("Mains", "USB", "Wireless")


async def read_power(root: Path, path: str) -> Power:
    """What the system tells now; unknown, with the reason, where it tells nothing."""
    folder = root / _SUPPLIES
    if folder.is_dir():
        return _from_kernel(folder)
    program = shutil.which("pmset", path=path)
    if program is None:
        return Power(supply="unknown", detail="this system does not tell")
    try:
        said = await process.run(
            [program, "-g", "batt"], env=process.environment(), deadline=_ASK_WITHIN
        )
    except (MachineError, TimeoutError):
        return Power(supply="unknown", detail="pmset gave no answer")
    return _from_pmset(said.stdout.decode(errors="replace"))


def _from_kernel(folder: Path) -> Power:
    """A supply of scope Device feeds a mouse or a headset, not this machine."""
    charges: list[int] = []
    batteries: list[str] = []
    fed = False
    for supply in sorted(folder.iterdir()):
        if _read(supply / "scope") == "Device":
            continue
        kind = _read(supply / "type")
        if kind in _FEEDING:
            fed = fed or _read(supply / "online") == "1"
        elif kind in ("Battery", "UPS") and _read(supply / "present") != "0":
            batteries.append(_read(supply / "status"))
            charge = _read(supply / "capacity")
            charges += [int(charge)] if charge.isdigit() else []
    percent = min(charges, default=None)
    if not batteries:
        return Power(supply="mains", detail="it has no battery")
    if fed or "Charging" in batteries:
        return Power(supply="mains", percent=percent, detail="a power supply is connected")
    if "Discharging" in batteries:
        return Power(supply="battery", percent=percent, detail="its battery is discharging")
    if set(batteries) <= {"Full", "Not charging"}:
        # A full battery at rest: something else feeds the machine.
        return Power(supply="mains", percent=percent, detail="its battery is at rest")
    return Power(supply="unknown", percent=percent, detail="its battery does not tell")


def _from_pmset(said: str) -> Power:
    charge = re.search(r"(\d{1,3})%", said)
    percent = int(charge.group(1)) if charge else None
    if "'Battery Power'" in said or "'UPS Power'" in said:
        return Power(supply="battery", percent=percent, detail="pmset says so")
    if "'AC Power'" in said:
        return Power(supply="mains", percent=percent, detail="pmset says so")
    return Power(supply="unknown", detail="pmset's answer is not understood")


def _read(file: Path) -> str:
    """One attribute; "" where it is not there or cannot be read (a driver may refuse)."""
    try:
        return file.read_text().strip()
    except (OSError, UnicodeDecodeError):
        return ""
