"""A question as a person reads it: what is asked, why, and what follows from each answer."""

import shutil
import textwrap

from wizard.model.question import Question
from wizard.safety.clean import clean

_WIDEST, _NAME = 80, 12


def question_words(question: Question) -> str:
    """Several lines, no wider than the terminal or 80 characters."""
    width = min(_WIDEST, max(40, shutil.get_terminal_size((80, 24)).columns)) - 1
    lines = ["", *_wrapped(clean(question.text), "? ", "  ", width)]
    lines += _wrapped(clean(question.why), "  why: ", "       ", width)
    for answer, follows in question.outcomes.items():
        name = f"  {clean(answer)}: "
        lines += _wrapped(clean(follows), name.ljust(_NAME + 4), " " * (_NAME + 4), width)
    others = [c for c in question.choices if c not in question.outcomes]
    if others:
        lines += _wrapped(", ".join(clean(c) for c in others), "  one of: ", "    ", width)
    return "\n".join(lines)


def prompt_words(question: Question) -> str:
    """What stands before the cursor: how to answer, and what Enter alone means."""
    how = " or ".join(question.choices) if 0 < len(question.choices) <= 3 else "answer"
    if question.default:
        if question.optional and "empty" in question.outcomes:
            how += ", or - for none"
        return f"  {clean(how)} [Enter: {clean(question.default)}]"
    return f"  {clean(how)} [Enter: leave it empty]" if question.optional else f"  {clean(how)}"


def _wrapped(text: str, first: str, later: str, width: int) -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=later, break_on_hyphens=False
    )
