"""How child programs are started here: our own modules by safe path, in a bare environment."""

import os
import sys

from providers.process import environment

# Beside the common allow-list: where git and the loader find their own settings.
_ALSO = ("XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "LD_LIBRARY_PATH")


def python_module(module: str, *arguments: str) -> list[str]:
    """Argument list that runs one of our modules.

    With `-P`: the working folder may be a customer's repository, whose files must not be imported.
    """
    return [sys.executable, "-P", "-m", module, *arguments]


def bare_environment() -> dict[str, str]:
    """What a child needs to run at all, and no token of ours or of anybody else."""
    return environment({name: os.environ[name] for name in _ALSO if name in os.environ})
