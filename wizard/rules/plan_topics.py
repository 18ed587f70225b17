"""What does moveday ask before a move? Each question with its reason and what each answer does."""

from collections.abc import Mapping
from typing import Literal

from wizard.model.frozen import Frozen
from wizard.model.question import Question

FLAG = "--answers FILE"
KINDS = ("heroku", "medstack")
"""The sources; the first one is what a question is worded for while nobody has said."""


class Topic(Frozen):
    """One decision of the plan; `id` is its place in moveday.yaml, with dots.

    `default` "" with `optional`: nobody has to know it today. `kinds` are the sources that it is
    asked about, none for all; `hinted`: asked only once a fact proposes something.
    """

    id: str
    text: str
    why: str
    kind: Literal["text", "choice"] = "text"
    choices: tuple[str, ...] = ()
    default: str = ""
    optional: bool = False
    outcomes: dict[str, str] = {}
    kinds: tuple[str, ...] = ()
    hinted: bool = False

    def question(self, *, default: str = "", choices: tuple[str, ...] = ()) -> Question:
        """The question as a front end asks it; a proposal goes before the topic's own default."""
        wanted = choices or self.choices
        return Question(
            id=self.id,
            text=self.text,
            why=self.why,
            kind="choice" if wanted else self.kind,
            choices=wanted,
            default=default or self.default,
            flag=FLAG,
            outcomes=self.outcomes,
            optional=self.optional,
        )


TOPICS = (
    Topic(
        id="source.kind",
        text="Where does the app run today?",
        why="moveday reads the app there with that platform's own API",
        kind="choice",
        choices=KINDS,
        outcomes={
            "heroku": "you will need a Heroku API key (heroku auth:token)",
            "medstack": "you will need a token of MedStack Control: its key and its value",
        },
    ),
    Topic(
        id="source.cluster",
        text="In which of the account's clusters does it run?",
        why="an account may hold several; moveday inventory --apps --source medstack lists them",
        optional=True,
        kinds=("medstack",),
        outcomes={"a name": "its label or its id", "empty": "there is one only"},
    ),
    Topic(
        id="source.app",
        text="What is the app that moves called there?",
        why="moveday reads this app, and on the day it keeps its users out",
        outcomes={
            "a name": "nothing is changed on it before you type its name at the cutover",
        },
    ),
    Topic(
        id="source.staging",
        text="Is there a staging app that may stop for some minutes, to practise on?",
        why="a rehearsal switches its maintenance page on and its workers off. "
        "Never name an app here that users need",
        optional=True,
        kinds=("heroku",),
        outcomes={
            "a name": "freezing and thawing are rehearsed on it, on the clock",
            "empty": "they are only talked through; the cutover then needs a signed exception",
        },
    ),
    Topic(
        id="source.maintenance",
        text="How are users kept out while the data moves? The platform has no page for it.",
        why="nobody may write while the data is copied; all three ways are undone on the way back",
        default="zero",
        optional=True,
        kinds=("medstack",),
        outcomes={
            "zero": "no container runs: its load balancer answers that nothing is there",
            "variable NAME": "the app's own flag is set to 1 (variable NAME=on sets another word);"
            " the app shows its own page, and must not write while it does",
            "image NAME:TAG": "an image of yours runs in the app's place and shows a page",
        },
    ),
    Topic(
        id="regulated",
        text="Does the app hold regulated data (about patients, PHI)?",
        why="Aptible's shared stacks must not hold such data: it may go to a dedicated stack only, "
        "under a signed agreement (BAA). If you are not sure, say yes; it can be changed",
        kind="choice",
        choices=("yes", "no"),
        outcomes={
            "yes": "real data moves only to a dedicated stack, and only once a BAA is named",
            "no": "a shared stack is allowed, and nothing waits for a BAA",
        },
    ),
    Topic(
        id="agreement",
        text="Is the agreement (BAA) with Aptible signed? Where does it lie, and from which day?",
        why="without it no real data may be copied to Aptible, not even for a rehearsal. "
        "moveday cannot see the paper: it takes your word, and the report quotes it",
        optional=True,
        outcomes={
            "some words": "for instance: signed 2026-03-02, in our contracts folder",
            "empty": "not signed yet: everything up to the first deploy is possible, then it waits",
        },
    ),
    Topic(
        id="target.plan",
        text="Which Aptible plan has been chosen?",
        why="the plan decides what can be made: the trial has 30 days, 3 GB of memory, 20 GB of "
        "disk, one endpoint and the shared stack in US East; dedicated stacks and the BAA come "
        "with Production",
        kind="choice",
        choices=("undecided", "trial", "development", "production", "enterprise"),
        default="undecided",
        optional=True,
        outcomes={
            "undecided": "today's verdict stays open on this point",
            "trial": "enough to try a small app; a real one seldom fits",
            "development": "pay by use, shared stacks only",
            "production": "a base fee and use; dedicated stacks, BAA",
            "enterprise": "by contract",
        },
    ),
    Topic(
        id="target.stack",
        text="On which Aptible stack shall it run?",
        why="a stack is the network the app lives in. A dedicated one is made by Aptible's support "
        "and cannot be renamed; its name stands in their answer and in the dashboard",
        optional=True,
        outcomes={
            "a name": "looked up at the deploy; a shared stack is refused for regulated data",
            "empty": "not known yet: everything up to the files is possible, the deploy waits",
        },
    ),
    Topic(
        id="target.environment",
        text="What shall its environment on Aptible be called?",
        why="an environment holds the app and its databases, and who may touch them",
        outcomes={"a name": "made by the deploy, or used if it is there: a-z 0-9 . _ -"},
    ),
    Topic(
        id="target.app",
        text="What shall the app be called on Aptible?",
        why="it stands in commands and in the dashboard; users never see it",
        outcomes={"a name": "made by the deploy, or used if it is there: a-z 0-9 . _ -"},
    ),
    Topic(
        id="downtime.budget_minutes",
        text="For how many minutes may users be without the app?",
        why="every rehearsal is measured against this; what does not fit is said before the day",
        default="30",
        optional=True,
        outcomes={"a number": "the forecast says whether the move fits, and how surely"},
    ),
    Topic(
        id="downtime.window",
        text="Which time was announced for it? (in words)",
        why="it stands in the plan that you send out, and in the report",
        optional=True,
        outcomes={
            "some words": "for instance: Saturday 2 May, 22:00 to 23:00 Berlin time",
            "empty": "not announced yet; nothing waits for it",
        },
    ),
    Topic(
        id="databases",
        text="Which databases move? (the variables that hold their URLs, with commas)",
        why="each gets a new one on Aptible. The data of Postgres is moved and proven by counts "
        "and checksums; Redis starts empty",
        optional=True,
        outcomes={
            "names": "for instance: DATABASE_URL, REDIS_URL",
            "empty": "none for now; the inventory will find them, and this is asked again",
        },
    ),
    Topic(
        id="domains",
        text="By which names do users reach the app? (with commas)",
        why="these names are switched in DNS, by you, when everything else is proven",
        optional=True,
        outcomes={
            "names": "for instance: example.com, www.example.com",
            "empty": "none for now; the inventory will find them, and this is asked again",
        },
    ),
    Topic(
        id="dns.rehearsal_name",
        text="Is there a spare name below your domain, to practise the DNS switch with?",
        why="whoever changes DNS for you practises on it once, and the time is measured. "
        "It must be a name that nobody uses",
        optional=True,
        outcomes={
            "a name": "for instance: moveday-test.example.com; it is made and removed again",
            "empty": "the switch is only talked through; the cutover then needs a signed exception",
        },
    ),
    Topic(
        id="port",
        text="On which port of its container does the app answer?",
        why="the new side's endpoints lead there",
        optional=True,
        kinds=("medstack",),
        hinted=True,
        outcomes={"a number": "for instance: 8000"},
    ),
    Topic(
        id="smoke.path",
        text="Which page shows that the app works?",
        why="it is fetched from the old and the new side and compared. "
        "One that reads the database proves more than one that does not",
        default="/",
        optional=True,
        outcomes={"a path": "for instance: /healthz"},
    ),
)
_VARIANTS: dict[str, dict[str, Topic]] = {
    "heroku": {
        "source.app": Topic(
            id="source.app",
            text="What is the app that moves called there?",
            why="moveday reads this app, and on the day it shows its maintenance page. "
            "`heroku apps` lists the names",
            outcomes={"a name": "nothing is changed on it before you type its name at the cutover"},
        ),
    },
    "medstack": {
        "source.app": Topic(
            id="source.app",
            text="Which app of the cluster moves? (one of the services that run its image)",
            why="services of one image are one app; the others follow with plans of their own. "
            "moveday inventory --source medstack lists them",
            outcomes={"a name": "nothing is changed on it before you type its name at the cutover"},
        ),
    },
}
BY_ID = {topic.id: topic for topic in TOPICS}


def topics_for(document: Mapping[str, object]) -> tuple[Topic, ...]:
    """The questions about a plan with this document's source, in the order of asking."""
    kind = kind_of(document) or KINDS[0]
    own = _VARIANTS.get(kind_of(document), {})
    asked = (topic for topic in TOPICS if not topic.kinds or kind in topic.kinds)
    return tuple(own.get(topic.id, topic) for topic in asked)


def topic_for(document: Mapping[str, object], name: str) -> Topic:
    """The question about one value of it."""
    found = next((topic for topic in topics_for(document) if topic.id == name), None)
    return found or BY_ID.get(name) or unknown_topic(name)


def kind_of(document: Mapping[str, object]) -> str:
    """Where the app runs today, "" while nobody has said."""
    source = document.get("source")
    kind = source.get("kind") if isinstance(source, Mapping) else None
    return kind if isinstance(kind, str) else ""


def unknown_topic(name: str) -> Topic:
    """The question for a value that was left empty and that no topic is about."""
    return Topic(
        id=name,
        text=f"What shall stand at {name}?",
        why="it was left empty in moveday.yaml, and moveday does not guess. "
        "README, “The plan”, says what it is for",
        outcomes={"a value": "is written there", "taken out": "delete the line: a default counts"},
    )
