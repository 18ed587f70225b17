"""Data: what each well-known Heroku add-on becomes. Nothing here is guessed for unknown ones.

Sources: the documentation of the add-ons and other platforms' published migration tables; that the
credentials of an add-on die with it is what vendors' pages suggest, it was not tried.
"""

from dataclasses import dataclass
from typing import Literal

Fate = Literal["database", "stay", "replace", "drop", "jobs", "ask", "stop"]


@dataclass(frozen=True)
class AddonKind:
    """One family of add-ons. `services` are the slugs Heroku uses.

    `fate` is what is proposed: "database" is moved as one, "stay" keeps the vendor's account and
    the variables as they are, "replace" puts something of the target in its place, "drop" needs
    nothing, "jobs" becomes a crontab service, "ask" has two good ways and a person chooses, "stop"
    has no counterpart. `target` says in words what takes its place, `why` the reason, `before_end`
    what to do before the add-on is deleted. `new_values`: when it is replaced the variables get new
    values from a person; otherwise they are dropped with it. `reaches` says what it does to people
    or partners, "" when nothing.
    """

    id: str
    services: tuple[str, ...]
    fate: Fate
    target: str
    why: str
    before_end: str = ""
    new_values: bool = False
    reaches: str = ""


_OWN_ACCOUNT = "get an account of your own at the vendor first: the add-on's keys die with it"

CATALOG: tuple[AddonKind, ...] = (
    AddonKind(
        "A1",
        ("heroku-postgresql",),
        "database",
        "a managed Postgres",
        "its data is moved and proven",
    ),
    AddonKind(
        "A2",
        ("heroku-redis",),
        "database",
        "a managed Redis that starts empty",
        "no source lets its keys out: what is a cache fills again, a queue is drained first",
    ),
    AddonKind(
        "A3",
        ("rediscloud", "redistogo", "openredis"),
        "ask",
        "the same account, or a managed Redis",
        "the vendor's Redis is reachable from anywhere",
        _OWN_ACCOUNT,
        new_values=True,
    ),
    AddonKind(
        "A4",
        ("heroku-kafka",),
        "stop",
        "a Kafka elsewhere",
        "Aptible has no Kafka, and Heroku offers no export: mirror it, or write to both",
        "mirror the topics, or write to both sides, until the old one is empty",
        new_values=True,
    ),
    AddonKind(
        "A5",
        ("cloudamqp",),
        "ask",
        "an account of your own, or a managed RabbitMQ",
        "both speak the same protocol",
        f"drain the queues; {_OWN_ACCOUNT}",
        new_values=True,
    ),
    AddonKind(
        "A6",
        ("memcachier", "memcachedcloud"),
        "ask",
        "an account of your own, or Redis",
        "Aptible has no memcached; a cache fills again by itself",
        _OWN_ACCOUNT,
        new_values=True,
    ),
    AddonKind(
        "A7",
        ("bonsai", "searchbox", "foundelasticsearch"),
        "ask",
        "an account of your own, or a managed Elasticsearch",
        "an index is made again from the data",
        f"index again on the new one; {_OWN_ACCOUNT}",
        new_values=True,
    ),
    AddonKind(
        "A8",
        ("sendgrid", "mailgun", "postmark"),
        "stay",
        "the same vendor",
        "the keys work from anywhere; sender records in DNS stay as they are",
        f"{_OWN_ACCOUNT}, and check the sender records in DNS with it",
        new_values=True,
        reaches="sends mail",
    ),
    AddonKind(
        "A9",
        ("papertrail", "logentries", "coralogix", "logdna", "timber"),
        "stay",
        "the same vendor, fed by a log drain of the new side",
        "Heroku's drain sends the old app's lines only: a log drain is made on the new side",
        _OWN_ACCOUNT,
        new_values=True,
    ),
    AddonKind(
        "A10",
        ("newrelic", "scout", "appsignal", "skylight"),
        "stay",
        "the same vendor",
        "agents inside the app report from anywhere",
        _OWN_ACCOUNT,
        new_values=True,
    ),
    AddonKind(
        "A11",
        ("rollbar", "sentry", "bugsnag", "honeybadger"),
        "stay",
        "the same vendor",
        "errors are sent from anywhere; release names from Heroku's metadata end",
        _OWN_ACCOUNT,
        new_values=True,
    ),
    AddonKind(
        "A12",
        ("librato",),
        "replace",
        "a metric drain of the new side",
        "it reads the platform's log lines, which the new side does not write",
    ),
    AddonKind(
        "A13",
        ("cloudinary", "bucketeer", "cloudcube"),
        "stay",
        "the same vendor",
        "the files lie there, and the keys work from anywhere",
        "copy every file to a store of your own first: they are deleted with the add-on",
        new_values=True,
    ),
    AddonKind(
        "A14",
        ("jawsdb", "cleardb"),
        "ask",
        "the same account, or a managed MySQL filled from a dump of yours",
        "moveday moves the data of Postgres only",
        f"dump it; {_OWN_ACCOUNT}",
        new_values=True,
    ),
    AddonKind(
        "A15",
        ("ormongo", "mongolab"),
        "ask",
        "the same account, or a managed MongoDB filled from a dump of yours",
        "moveday moves the data of Postgres only",
        f"dump it; {_OWN_ACCOUNT}",
        new_values=True,
    ),
    AddonKind(
        "A16",
        ("algolia", "algoliasearch"),
        "stay",
        "the same vendor",
        "the keys work from anywhere",
        _OWN_ACCOUNT,
        new_values=True,
    ),
    AddonKind(
        "A17",
        ("quotaguard", "quotaguardstatic", "quotaguardshield", "fixie", "fixie-socks"),
        "replace",
        "the stack's own outbound addresses",
        "a stack always goes out by the same addresses: partners have to let those in",
        "only when every partner has let the new addresses in",
    ),
    AddonKind(
        "A18",
        ("scheduler", "advanced-scheduler", "crontogo"),
        "jobs",
        "a crontab in a service of its own",
        "no API lists its jobs: a person names them",
        "switch its jobs off at the freeze, so that none runs on both sides",
    ),
    AddonKind(
        "A19",
        ("hirefire", "judoscale", "rails-autoscale"),
        "replace",
        "Aptible's autoscaling",
        "it scales Heroku's dynos only; its library comes out of the app",
    ),
    AddonKind(
        "A20",
        ("herokuconnect", "heroku-connect"),
        "stop",
        "nothing: there is no counterpart",
        "it writes into the database from Salesforce, and only on Heroku",
        "find another way for Salesforce's data before the move",
    ),
    AddonKind(
        "A21",
        ("deployhooks",),
        "drop",
        "nothing: hooks of .aptible.yml can tell who has to know",
        "it tells others about Heroku's releases only",
    ),
    AddonKind(
        "A22",
        ("ssl",),
        "drop",
        "managed TLS of the new endpoint",
        "it holds a certificate for Heroku's router only",
    ),
    AddonKind(
        "A23",
        ("expeditedwaf",),
        "ask",
        "the same service, or another one in front of the new endpoint",
        "it stands in front of the app: its origin has to be pointed at the new side",
        "point its origin at the new side on the day",
    ),
)

UNKNOWN = "A24"
"""The rule for an add-on that is not in the table: a person decides."""
DECIDED_AS_DATABASE = ("heroku-postgresql", "heroku-redis")
_BY_SERVICE = {service: kind for kind in CATALOG for service in kind.services}


def kind_of(service: str) -> AddonKind | None:
    """The family of an add-on by its slug; None for one that is not known."""
    return _BY_SERVICE.get(service)
