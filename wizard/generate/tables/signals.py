"""Which programs end when they are told to, as first process of a container, and which do not?

Node, Python and PHP set no handler for SIGTERM by themselves, and the kernel delivers a signal to
process 1 only where one is set. Seen with a real engine: killed after 10 s, exit 137.
"""

NODE = frozenset({
    "node", "npm", "npx", "yarn", "yarnpkg", "pnpm", "next", "nuxt", "nuxi", "nest", "ts-node",
    "tsx", "babel-node", "serve", "http-server", "remix-serve", "sails", "strapi", "probot",
    "keystone", "gatsby", "astro", "vite", "nodemon", "run-s", "run-p",
})  # fmt: skip
"""Programs that are Node; so is every `.js` file."""

PYTHON_SERVERS = frozenset({
    "gunicorn", "uvicorn", "hypercorn", "daphne", "celery", "uwsgi", "granian", "rq", "dramatiq",
    "streamlit", "huey_consumer", "circusd", "supervisord", "rqworker", "huey_consumer.py",
})  # fmt: skip
"""Python programs and modules with a handler of their own."""

PYTHON_DEAF = frozenset({"waitress-serve", "flask", "django-admin"})
"""Programs that Python's packages bring and that set no handler."""

STEPS_ASIDE = (
    ("poetry", "run"), ("pipenv", "run"), ("newrelic-admin", "run-program"), ("ddtrace-run",),
    ("opentelemetry-instrument",), ("dotenv", "run", "--"),
)  # fmt: skip
"""Words in front of a Python program that takes their place."""

HANDLERS = frozenset({
    "stoppable", "http-terminator", "lightship", "close-with-grace", "@godaddy/terminus",
    "http-graceful-shutdown", "fastify-graceful-shutdown", "exit-hook", "death", "node-graceful",
})  # fmt: skip
"""Packages of npm that an app takes for its handler."""
