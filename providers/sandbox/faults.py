"""Which troubles are switched on in the sandbox right now?"""

from dataclasses import dataclass

_ALWAYS = -1


@dataclass
class _Fault:
    settings: dict[str, object]
    left: int


class Faults:
    """Switches set by tests or over the control server; the parts of the sandbox ask them.

    Each switch works `times` times (1 unless told, -1 for always).
    """

    def __init__(self) -> None:
        self._faults: dict[str, list[_Fault]] = {}

    def set(self, name: str, **settings: object) -> None:
        """Switch `name` on. `settings` are handed to the part that takes it; `times` is ours."""
        times = settings.pop("times", 1)
        if not isinstance(times, int) or isinstance(times, bool):
            raise ValueError(f"times must be a whole number, not {times!r}")
        self._faults.setdefault(name, []).append(_Fault(settings, times))

    def take(self, name: str, **match: object) -> dict[str, object] | None:
        """Use up one occurrence of `name`: its settings, or None when it is off.

        A fault whose settings name another value for a key of `match` is not meant here; one that
        does not mention the key is meant everywhere.
        """
        for fault in self._faults.get(name, []):
            if any(fault.settings.get(key, value) != value for key, value in match.items()):
                continue
            if fault.left != _ALWAYS:
                fault.left -= 1
                if fault.left <= 0:
                    self._faults[name].remove(fault)
            return dict(fault.settings)
        return None

    def peek(self, name: str) -> dict[str, object] | None:
        """Settings of the next occurrence of `name`, without using it up."""
        waiting = self._faults.get(name)
        return dict(waiting[0].settings) if waiting else None

    def clear(self, name: str | None = None) -> None:
        """Switch one fault off, or all."""
        if name is None:
            self._faults.clear()
        else:
            self._faults.pop(name, None)

    def active(self) -> dict[str, int]:
        """Names of the faults that are on, with how many times each is left (-1: always)."""
        return {
            name: _ALWAYS if any(f.left == _ALWAYS for f in faults) else sum(f.left for f in faults)
            for name, faults in self._faults.items()
            if faults
        }
