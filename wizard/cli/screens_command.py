"""`moveday` without a command: the wizard, where there is a terminal."""

import asyncio
import sys
from pathlib import Path
from typing import NoReturn

from wizard.cli.environment import take_credentials
from wizard.cli.launchers import Launchers
from wizard.cli.talk import show
from wizard.errors import MovedayError


def open_wizard(launchers: Launchers, folder: Path) -> NoReturn:
    """Open the screens on the move in `folder`; leave with their exit code."""
    try:
        code = asyncio.run(launchers.screens(folder.resolve(), take_credentials()))
    except MovedayError as error:
        show(str(error))
        sys.exit(error.exit_code)
    sys.exit(code)
