"""Data: what the platform does for an app beside running it, and what stands for it on Aptible.

Sources: Heroku's Dev Center for the features, Aptible's documentation for the other side.
"""

NOTHING_TO_DO = "nothing to do"
FEATURES: dict[str, tuple[str, str]] = {
    "preboot": (
        NOTHING_TO_DO,
        "services with an HTTPS endpoint are always released without a gap",
    ),
    "http-session-affinity": (
        "no counterpart",
        "Aptible's endpoints pin nobody to a container: keep sessions in the database or in Redis",
    ),
    "http-end-to-end-encryption": (
        "no counterpart",
        "TLS ends at the endpoint, as on Heroku's router without this feature",
    ),
    "http-routing-2-dot-0": (NOTHING_TO_DO, "it is about Heroku's own router"),
    "runtime-dyno-metadata": (
        "APTIBLE_… variables instead",
        "what the app reads from HEROKU_… is not there: APTIBLE_GIT_REF names the commit",
    ),
    "runtime-dyno-build-metadata": (
        "APTIBLE_GIT_REF instead",
        "what the app reads from HEROKU_BUILD_… is not there",
    ),
    "log-runtime-metrics": (
        "metrics in the dashboard, or a metric drain",
        "Aptible writes no metric lines into the log",
    ),
    "runtime-language-metrics": (
        "a metric drain or an agent in the app",
        "the agent belongs to Heroku's build",
    ),
}
"""Feature → what becomes of it, and why."""

UNKNOWN_FEATURE = ("look it up", "moveday does not know this feature")
PEOPLE_HINT = "invite them in Aptible's dashboard (Settings, Members) and give them a role"
PIPELINE_HINT = (
    "no counterpart: one environment per stage, and a deploy of the same commit to each",
    "Aptible promotes nothing between apps, and makes no review apps",
)
AUTO_DEPLOY_HINT = (
    "a job in the repository's CI that runs aptible deploy",
    "nothing on Aptible watches a repository by itself",
)
WEBHOOK_HINT = (
    "no counterpart: hooks of .aptible.yml can tell who has to know",
    "Aptible sends no webhooks",
)
ALERTS_HINT = "alerts on metrics or logs behind a drain"
ALERTS_KEPT = {
    "heroku": "threshold alerts of Heroku's dashboard are in no API moveday reads: look there for"
    " them",
    "medstack": "addresses that MedStack tells of a node or a name in trouble are in no API moveday"
    " reads: look under Notifications, they will hear of the names that lead elsewhere",
}
"""Where a source keeps what moveday cannot read. MedStack: its documentation on notifications."""
ALERTS_ELSEWHERE = "whoever is told today that something is wrong is in nothing moveday reads"
