"""Azure beside the platform: databases, storage, signed access that ends, regions.

An address tells neither who pays for an account nor where its data lies: that is asked, where the
project has no account of its own that could be asked.
"""

from collections.abc import Iterator

from wizard.model.cloud import BlobAccount, BlobToken, CloudRegion, names_in
from wizard.model.mapping import Becomes, MappedItem
from wizard.model.question import Question
from wizard.rules.cloud_databases import left_there
from wizard.rules.cloud_storage import PLATFORM, ends_soon
from wizard.rules.mapping_facts import MappingFacts
from wizard.rules.regions import NEAR

RULES = {
    "O1": "Aptible has no object storage: files stay in the cloud, in an account that stays yours",
    "O2": "a person says that the account is your own",
    "O3": "a person says that the account belongs to the platform that is left",
    "O4": "signed access (SAS) ends by itself at its date, wherever the app runs",
    "O5": "a region tells where data rests today: whether it has to stay in that country, you know",
    "O6": "a person says that the data has to stay in that country",
    "O7": "a person says that the data may rest elsewhere",
}
_OWN, _PLATFORM = "own", PLATFORM
_STAYS = (
    "where it is; where its firewall lets in known addresses only, the new stack's have to be added"
)
_COPY = (
    "a storage account or bucket of your own: copy everything there before the contract with the"
    " old platform ends, then give the app its address and key"
)


def cloud_items(facts: MappingFacts) -> Iterator[MappedItem]:
    """One item per thing; nothing where no variable names that cloud."""
    cloud = facts.inventory.cloud
    taken = {database.id for database in facts.inventory.databases}
    for database in cloud.databases:
        if database.server not in taken:
            yield left_there(database)
    for account in cloud.accounts:
        yield _account(facts, account)
    for token in cloud.tokens:
        yield _token(facts, token)
    for region in cloud.regions:
        yield _region(facts, region)


def _account(facts: MappingFacts, account: BlobAccount) -> MappedItem:
    identity = f"storage/{account.account}"
    answer = facts.answers.get(identity, "") if facts.containers else _OWN
    by = {"key": "with its key", "token": "with signed access", "": "how is not told"}
    today = f"Azure storage, reached {by[account.access]}; named by {names_in(account.stands_in)}"
    rule, target = "O1", "it stays, or is copied to an account of your own"
    becomes: Becomes = "open"
    question = None
    if answer == _OWN:
        rule = "O2" if facts.containers else "O1"
        becomes, target = "stays behind", _STAYS
    elif answer == _PLATFORM:
        rule, becomes, target = "O3", "replaced", _COPY
    else:
        hint = (
            "the app has its key, and platforms that lend storage seldom hand one out"
            if account.access == "key"
            else "the app has signed access only, as platforms that lend storage give it"
            if account.access == "token"
            else "the variables do not tell it"
        )
        question = Question(
            id=identity,
            text=f"Whose is the storage account {account.account} at Azure?",
            why=f"one that belongs to the old platform is gone when its contract ends; {hint}",
            kind="choice",
            choices=(_OWN, _PLATFORM),
            flag=f"--answers FILE ({identity})",
            outcomes={_OWN: _STAYS, _PLATFORM: _COPY},
        )
    copied = ("rclone copy old:CONTAINER new:CONTAINER --checksum",) if rule == "O3" else ()
    return _item(account.account, today, becomes, target, rule).model_copy(
        update={
            "today_cents": None,
            "monthly_cents": None,
            "question": question,
            "by_hand": copied,
        }
    )


def _token(facts: MappingFacts, token: BlobToken) -> MappedItem:
    to = f"signed access to {token.account}" if token.account else "signed access to Azure storage"
    name = f"{token.variable}: signed access"
    app = token.app if facts.containers else ""
    if token.expires is None:
        when = "its end is a policy's, kept with the storage" if token.policy else "no end is told"
        item = _item(name, f"{to}; {when}", "kept", "as it is: ask when it ends", "O4")
        return item.model_copy(update={"app": app})
    days = (token.expires - facts.today).days
    becomes: Becomes = "given by a person"
    day = f"{token.expires:%Y-%m-%d}"
    if token.expires <= facts.today:
        ends = f"ended on {day}"
        target = "a new one, before the first deploy: this one lets nobody in any more"
    elif ends_soon(token.expires, facts.today):
        ends = f"ends on {day}, in {days} days"
        target = "a new one that holds until well after the move"
    else:
        ends, becomes = f"ends on {day}, in {days} days", "kept"
        target = f"as it is; a new one before {day}"
    return _item(name, f"{to}; {ends}", becomes, target, "O4").model_copy(update={"app": app})


def _region(facts: MappingFacts, region: CloudRegion) -> MappedItem:
    name = f"region {region.region}"
    by = f"named by {names_in(region.stands_in)}" if region.stands_in else "told by the platform"
    today = f"in {region.country}, {by}"
    near = NEAR.get(region.country, "")
    there = near or f"none of Aptible's stacks lies in {region.country}: ask its support first"
    identity = f"residency/{region.region}"
    answer = facts.answers.get(identity, "")
    if answer == "must-stay":
        if not near:
            return _item(name, today, "blocked", there, "O6")
        return _item(name, today, "told", f"a stack in {there}", "O6")
    if answer == "may-move" or not facts.containers:
        rule = "O7" if answer else "O5"
        return _item(name, today, "replaced", "the region of the stack that you choose", rule)
    law = ", such as PIPEDA and the provinces' health acts" if region.country == "Canada" else ""
    question = Question(
        id=identity,
        text=f"Must the data stay in {region.country}?",
        why=f"a contract or a law may say so{law}; in {region.country}: {there}",
        kind="choice",
        choices=("must-stay", "may-move"),
        flag=f"--answers FILE ({identity})",
    )
    item = _item(name, today, "open", "a stack's region that a person is content with", "O5")
    return item.model_copy(update={"question": question})


def _item(name: str, today: str, becomes: Becomes, target: str, because: str) -> MappedItem:
    return MappedItem(
        group="platform" if name.startswith("region ") else "storage",
        name=name,
        today=today,
        becomes=becomes,
        target=target,
        because=because,
        reason=RULES[because],
    )
