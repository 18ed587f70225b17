"""What the process exit codes mean; the same for every command."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of `moveday`, as documented in the README."""

    DONE = 0
    BUG = 1
    USAGE = 2
    OUTSIDE = 3
    BLOCKED = 4
    CHECK_FAILED = 5
    MACHINE = 6
    HANGUP = 129
    INTERRUPTED = 130
    TERMINATED = 143
