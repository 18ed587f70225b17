"""The names and certificates of a mapping: endpoints, managed TLS, and what an apex needs."""

from collections.abc import Iterator

from wizard.model.inventory import Domain
from wizard.model.mapping import MappedItem
from wizard.model.platform_facts import Certificate
from wizard.model.question import Question
from wizard.rules import pricing
from wizard.rules.mapping_facts import MappingFacts
from wizard.rules.serving import serving_process

ALL = "all"
DOMAINS = f"domain/{ALL}"
RULES = {
    "N1": "an endpoint of its own with a managed certificate, made before the switch",
    "N2": "it is in no line of the plan's domains",
    "N3": "the platform's own name ends with the old side; the new side has one of its own",
    "N5": "its name is a variable that has no value here",
    "N4": "it stays with the old side, as somebody decided",
    "N6": "neither the account nor a file tells a name: a person says them",
    "C1": "renewed by the old platform only: the new side gets its own, by DNS, before the switch",
    "C2": "its private key cannot be read back: managed TLS makes a new one, or upload it again",
    "C3": "who renews it is not known: managed TLS makes a new one in any case",
}
_SECOND_LEVEL = frozenset({"co", "com", "org", "net", "ac", "gov", "edu", "ne", "or", "gob"})


def domain_items(facts: MappingFacts) -> Iterator[MappedItem]:
    """One item per host name."""
    for domain in facts.inventory.domains:
        yield _default(facts, domain) if domain.kind == "default" else _custom(facts, domain)
    if facts.planned and not facts.inventory.domains:
        yield _untold(facts)


def certificate_items(facts: MappingFacts) -> Iterator[MappedItem]:
    """One item per certificate."""
    for certificate in facts.inventory.certificates:
        yield _certificate(facts, certificate)


def looks_like_apex(name: str) -> bool:
    """Whether a name is surely or most likely a zone itself; the DNS survey tells for sure."""
    labels = name.strip(".").lower().split(".")
    return len(labels) == 2 or (
        len(labels) == 3 and len(labels[2]) == 2 and labels[1] in _SECOND_LEVEL
    )


def domain_question(hostname: str) -> Question:
    """Whether a name moves along."""
    return Question(
        id=f"domain/{hostname}",
        text=f"Does {hostname} move to the new side?",
        why="the old side serves it today, and the plan does not name it",
        kind="choice",
        choices=("move", "leave"),
        flag=f"--answers FILE (domain/{hostname})",
    )


def _default(facts: MappingFacts, domain: Domain) -> MappedItem:
    return MappedItem(
        group="domains",
        name=domain.hostname,
        today="the platform's own name",
        becomes="endpoint",
        target="app-NUMBER.on-aptible.com, open to the operator while the move lasts",
        because="N3",
        reason=RULES["N3"],
        monthly_cents=pricing.endpoint(facts.rates),
        by_hand=(
            facts.command(
                "create-endpoint",
                service=serving_process(facts.inventory),
                port=str(facts.plan.port),
                allowed=" ".join(facts.plan.operator_ips),
            ),
        ),
    )


def _unnamed(facts: MappingFacts, domain: Domain) -> MappedItem:
    """A name that is a variable without a value, such as $DOMAIN."""
    identity = f"domain/{domain.hostname}"
    answer = facts.answers.get(identity, "")
    return MappedItem(
        group="domains",
        name=answer or domain.hostname,
        today=f"leads to {domain.process}",
        becomes="endpoint" if answer else "open",
        target="an HTTPS endpoint with managed TLS",
        because="N5",
        reason=RULES["N1" if answer else "N5"],
        monthly_cents=pricing.endpoint(facts.rates),
        question=None
        if answer
        else Question(
            id=identity,
            text=f"Which host name is {domain.hostname}, that leads to {domain.process}?",
            why="the endpoint and its certificate are made for it",
            kind="text",
            flag=f"--answers FILE ({identity})",
        ),
    )


def _untold(facts: MappingFacts) -> MappedItem:
    """Neither the account nor a file told a name: a person knows them."""
    names = ", ".join(facts.plan.domains)
    settled = bool(names) or DOMAINS in facts.settled
    question = Question(
        id=DOMAINS,
        text="By which names do users reach the app? With commas, or “none”.",
        why="the old side tells none of them; each gets an endpoint and a certificate, and is"
        " switched in DNS last",
        kind="text",
        flag=f"--answers FILE ({DOMAINS})",
    )
    return MappedItem(
        group="domains",
        name=names or "names that users type",
        today="not told by the old side",
        becomes="endpoint" if settled else "open",
        target="HTTPS endpoints with managed TLS" if names else "the platform's own name",
        because="N6",
        reason=RULES["N6"],
        question=None if settled else question,
    )


def _custom(facts: MappingFacts, domain: Domain) -> MappedItem:
    if "$" in domain.hostname:
        return _unnamed(facts, domain)
    today = f"points at {domain.target}" if domain.target else "a name of your own"
    wanted = {name.strip(".").lower() for name in facts.plan.domains}
    if domain.hostname.strip(".").lower() not in wanted:
        question = domain_question(domain.hostname)
        settled = question.id in facts.settled
        return MappedItem(
            group="domains",
            name=domain.hostname,
            today=today,
            becomes="stays behind" if settled else "open",
            target="the old side" if settled else "an endpoint, or the old side",
            because="N4" if settled else "N2",
            reason=RULES["N4" if settled else "N2"],
            question=None if settled else question,
        )
    said = [RULES["N1"]]
    if looks_like_apex(domain.hostname):
        said.append(
            "an apex cannot be a CNAME: the DNS host has to know ALIAS or flattening, or the apex"
            " is redirected to a name below it, which Aptible recommends"
        )
    if domain.hostname.startswith("*."):
        said.append("a wildcard is proven by DNS only")
    return MappedItem(
        group="domains",
        name=domain.hostname,
        today=today,
        becomes="endpoint",
        target=f"an HTTPS endpoint with managed TLS{_leads_to(domain)}",
        because="N1",
        reason="; ".join(said),
        monthly_cents=pricing.endpoint(facts.rates),
        by_hand=(
            facts.command(
                "create-endpoint",
                service=domain.process or serving_process(facts.inventory),
                port=str(domain.port or facts.plan.port),
                domain=domain.hostname,
            ),
        ),
    )


def _leads_to(domain: Domain) -> str:
    port = f", port {domain.port} of the container" if domain.port else ""
    return f", to {domain.process}{port}" if domain.process else ""


def _certificate(facts: MappingFacts, certificate: Certificate) -> MappedItem:
    rule = {True: "C1", False: "C2", None: "C3"}[certificate.managed]
    until = f", until {certificate.expires:%Y-%m-%d}" if certificate.expires else ""
    issuer = f" by {certificate.issuer}" if certificate.issuer else ""
    hosts = ", ".join(certificate.hostnames) or "no name"
    return MappedItem(
        group="certificates",
        name=certificate.name,
        today=f"for {hosts}{issuer}{until}",
        becomes="certificate",
        target="managed TLS (Let's Encrypt) of the new endpoints",
        because=rule,
        reason=RULES[rule],
    )
