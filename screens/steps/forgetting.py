"""Forgets this move's credentials from a screen: asked first, with a receipt for each."""

from screens.app import MovedayApp
from screens.dialogs.question import QuestionDialog
from screens.reason import reason_words
from screens.steps.sign_in_work import receipt_words
from wizard.engine.forget import forget_all
from wizard.errors import MovedayError
from wizard.model.question import Question

_BY = "person at the screen"
_QUESTION = Question(
    id="forget",
    text="Delete this move's credentials from the keyring, and end the tokens?",
    why="tokens are ended at their owner where that can be done; the move can be opened "
    "again after a new sign-in",
    kind="confirm",
)


async def forget_with_receipts(app: MovedayApp) -> bool:
    """Ask, forget, show the receipts; False when nothing was forgotten. Call it in a worker."""
    answer = await app.push_screen_wait(QuestionDialog(_QUESTION))
    if answer is None or answer.value != "yes":
        return False
    desk = app.desk
    tools, session = desk.sign_in_tools(), desk.session
    journal = session.journal if session is not None else None
    try:
        receipts = await forget_all(tools.vault, tools.doors, journal, desk.doors.clock, _BY)
    except MovedayError as error:
        app.show_words(error.title, reason_words(error, app.current_mode, "forget"))
        return False
    left = [
        f"{d.field.variable} is in your environment: it is not moveday's to delete"
        for d in tools.doors
        if tools.vault.in_environment(d.field.service, d.field.account)
    ]
    app.show_words("Forgotten, with receipts", receipt_words(receipts, left))
    return True
