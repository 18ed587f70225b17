"""Was the journal's end cut off? Its last hash is kept in the keyring, outside the folder.

A chain shows edits and gaps, never a missing tail: a shorter chain is a whole chain.
"""

from pydantic import SecretStr

from wizard.engine.journal import Journal
from wizard.errors import MovedayError
from wizard.ports.vault import Vault, VaultUnavailable

SERVICE, ACCOUNT = "moveday", "journal-head"


def kept_head(vault: Vault) -> str:
    """The head that was kept for this folder, "" when there is none. Raises VaultUnavailable."""
    found = vault.get(SERVICE, ACCOUNT)
    return found.get_secret_value() if found is not None else ""


def missing_tail(journal: Journal, vault: Vault) -> str:
    """What is wrong with the journal's end, in words; "" when nothing is, or nothing is known.

    A cut-off tail is written into the journal: the next head that is kept would hide it.
    """
    if not vault.lasting:
        return ""
    try:
        head = kept_head(vault)
    except VaultUnavailable:
        return ""
    if not head or any(entry.hash == head for entry in journal.entries):
        return ""
    journal.append("failed", key="journal-head", kept=head, reason="the journal's end is missing")
    return (
        f"the journal's end is missing: the head {head[:12]}… that the keyring keeps is the hash"
        " of none of its lines; what happened after them is not known"
    )


def leave_head(journal: Journal, vault: Vault) -> str:
    """Keep the head for next time; what to say on leaving ("" when the keyring has it)."""
    told = f"the journal's head is {journal.head} (line {journal.seq})"
    if not vault.lasting:
        return (
            f"{told}; no keyring keeps it, so keep it yourself:"
            " `moveday verify-journal --head` compares"
        )
    try:
        vault.put(SERVICE, ACCOUNT, SecretStr(journal.head))
    except MovedayError as trouble:
        return (
            f"{trouble.title}: this run went on with what it had in memory, but {told} and the"
            f" keyring could not take it; {trouble.hint}"
        )
    return ""
