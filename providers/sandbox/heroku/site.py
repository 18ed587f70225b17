"""What does a visitor of the app get from the platform's router?

Dev Center, "HTTP Routing" and "Maintenance Mode": headers added on the way, 503 with a framed page
while maintenance is on (dynos keep running), and an error page when no web dyno answers.
"""

import time
import uuid

from providers.sandbox.authority import Leaf
from providers.sandbox.heroku.dynos import Dynos
from providers.sandbox.heroku.state import App
from providers.sandbox.site import Reply, Upstream

PAGES = "//www.herokucdn.com/error-pages/"
VIA = "1.1 heroku-router"


class HerokuSite:
    """One host name of an app."""

    def __init__(self, app: App, leaf: Leaf, dynos: Dynos) -> None:
        self.leaf = leaf
        self._app = app
        self._dynos = dynos

    async def upstream(self, client_ip: str, method: str, path: str) -> Upstream | Reply:
        """A web dyno picked at random, or the platform's own page."""
        if self._app.maintenance:
            return framed(503, "maintenance-mode.html", "Offline for Maintenance")
        port = self._dynos.web_port(self._app)
        if port is None:
            return framed(503, "application-error.html", "Application Error")
        request_id = str(uuid.uuid4())
        return Upstream(
            port=port,
            request_headers={
                "X-Request-Id": request_id,
                "X-Forwarded-For": client_ip,
                "X-Forwarded-Proto": "https",
                "X-Forwarded-Port": "443",
                "X-Request-Start": str(int(time.time() * 1000)),
                "Via": VIA,
            },
            response_headers=platform_headers(),
            failure=framed(503, "application-error.html", "Application Error"),
        )


def platform_headers() -> dict[str, str]:
    """Headers by which a reply can be told to come from this platform."""
    return {
        "Via": VIA,
        "Server": "Heroku",
        "Nel": '{"report_to":"heroku-nel","max_age":3600}',
        "Report-To": (
            '{"group":"heroku-nel","max_age":3600,'
            '"endpoints":[{"url":"https://nel.heroku.com/reports?sid=sandbox"}]}'
        ),
    }


def framed(status: int, page: str, title: str) -> Reply:
    """The platform's page: a frame around one of its static error pages."""
    body = (
        "<!DOCTYPE html>\n<html>\n  <head>\n"
        '    <meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"    <title>{title}</title>\n"
        "    <style>html,body,iframe{margin:0;padding:0;height:100%;border:0;width:100%}</style>\n"
        f'  </head>\n  <body>\n    <iframe src="{PAGES}{page}"></iframe>\n  </body>\n</html>\n'
    )
    headers = {
        **platform_headers(),
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-cache, no-store",
    }
    return Reply(status, headers, body.encode())
