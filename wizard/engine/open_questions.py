"""The error that says which decisions are still open, as words and as data."""

from collections.abc import Mapping, Sequence

from wizard.acts import do
from wizard.errors import BlockedError
from wizard.model.question import Question
from wizard.safety.clean import clean


class OpenQuestions(BlockedError):
    """Nothing can go on before these are answered; `questions` is what a program reads.

    `lines` says at which line of moveday.yaml a question's answer belongs, where that is known.
    """

    def __init__(
        self, title: str, questions: Sequence[Question], lines: Mapping[str, int] | None = None
    ) -> None:
        count = len(questions)
        words = "1 question is open" if count == 1 else f"{count} questions are open"
        super().__init__(
            f"{title}: {words}",
            "\n".join(_told(question, lines or {}) for question in questions),
            do("answer-plan"),
        )
        self.questions = tuple(questions)


def _told(question: Question, lines: Mapping[str, int]) -> str:
    place = f" (line {lines[question.id]})" if question.id in lines else ""
    return f"{clean(question.id)}{place}: {clean(question.text)}"
