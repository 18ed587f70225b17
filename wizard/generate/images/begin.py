"""How every look at images begins: without what runs nothing, and with a notebook for the rest."""

from collections.abc import Mapping
from datetime import date

from wizard.generate.known import Known
from wizard.generate.notebook import Notebook
from wizard.model.inventory import Inventory
from wizard.model.repo_view import RepoView
from wizard.rules.left_out import left_out, without_left_out


def begun(
    view: RepoView, found: Inventory, today: date, answers: Mapping[str, str]
) -> tuple[Notebook, Inventory]:
    """The notebook, and `found` without the services of which a person said that they run nothing;
    that answer counts as used."""
    book = Notebook(view=view, known=Known(), answers=answers, today=today)
    for process in left_out(found, answers):
        book.chosen(f"command/{process}", answers[f"command/{process}"])
    return book, without_left_out(found, answers)
