"""Opens a file of this machine in its browser; nothing is waited for longer than a moment."""

import asyncio
import webbrowser
from pathlib import Path

_PATIENCE = 5.0


async def open_page(path: Path) -> bool:
    """Whether a browser said that it took the page; False also when none answers in time.

    A browser may print to the terminal or hang: it is asked in a thread. One that runs in the
    terminal would take the screens' place, so none of those is used.
    """

    def ask() -> bool:
        try:
            browser = webbrowser.get()
        except webbrowser.Error:
            return False
        if isinstance(browser, webbrowser.GenericBrowser) and not isinstance(
            browser, webbrowser.BackgroundBrowser
        ):
            return False
        return browser.open(path.resolve().as_uri())

    try:
        return await asyncio.wait_for(asyncio.to_thread(ask), _PATIENCE)
    except TimeoutError:
        return False
