"""A session whose answers were written down beside the source: no connection is made."""

from collections.abc import Sequence

from providers.databases.postgres.errors import Kind, NotAsked
from providers.databases.postgres.job.questions import VERSION, key_of
from providers.databases.postgres.job.report import Report
from providers.databases.postgres.session import Row, Session
from wizard.errors import UsageError

_SETTING = "SELECT set_config("
_DENIED = "42501"


class ReportedSession(Session):
    """Answers by the question's own text; what was not asked raises NotAsked, never a guess."""

    def __init__(self, report: Report, side: str = "source") -> None:
        self.side = side
        self._report = report
        version = report.answers.get(key_of(VERSION))
        if version is None or not version.rows:
            raise UsageError(
                f"the report of job {report.job} holds no answers",
                "it does not say the server's version",
                "look what the job ran into, and run it again",
            )
        self._major = int(version.rows[0][0])
        self.asked_at = str(version.rows[0][1])

    @property
    def major(self) -> int:
        """The server's major version."""
        return self._major

    async def rows(self, sql: str, parameters: Sequence[object] | None = None) -> list[Row]:
        """The rows that the job has written down for this text."""
        if sql.startswith(_SETTING):
            return [("",)]
        answer = None if parameters else self._report.answers.get(key_of(sql))
        if answer is None:
            raise NotAsked("other", self.side, "the report does not answer this question")
        if answer.sqlstate:
            denied = answer.sqlstate == _DENIED
            words = "permission denied" if denied else f"refused with SQLSTATE {answer.sqlstate}"
            kind: Kind = "permission" if denied else "other"
            raise NotAsked(kind, self.side, words, answer.sqlstate)
        return list(answer.rows)

    async def run(self, sql: str, subject: str = "") -> None:
        """Nothing can be run: what would have changed the session has had its effect."""

    async def close(self) -> None:
        """Nothing is open."""
