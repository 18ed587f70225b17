"""Which records have nothing to do with the move, and are they the same afterwards?

Mail and proofs of ownership are lost quietly when a zone is edited in a hurry; their hashes are
remembered at the survey and compared after the switch. DNS is public, so plain hashes will do.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping

from wizard.model.dns import NameSurvey, RecordType
from wizard.rules.domain_findings import Look
from wizard.rules.survey_reading import good_records, same_name

_AT_THE_TOP: tuple[RecordType, ...] = ("MX", "TXT", "NS", "CAA")
# DKIM keys cannot be listed from outside; these are the usual selectors.
_SELECTORS = ("default", "google", "selector1", "selector2", "k1", "k2", "k3", "s1", "s2", "mail")


def looks_at_others(zone: str) -> tuple[Look, ...]:
    """The surveys that `fingerprints` wants for one zone: mail, proofs, delegation."""
    keys = tuple(f"{selector}._domainkey.{zone}" for selector in _SELECTORS)
    return (
        Look(zone, _AT_THE_TOP),
        *(Look(name, ("TXT", "CNAME")) for name in (f"_dmarc.{zone}", *keys)),
    )


def fingerprints(surveys: Iterable[NameSurvey]) -> dict[str, str]:
    """“MX acme.test” → SHA-256 over the values of all servers; what is not there is left out."""
    found: dict[str, set[str]] = {}
    for survey in surveys:
        for record in good_records(survey):
            if same_name(record.name, survey.name):
                found.setdefault(f"{record.type} {survey.name}", set()).update(record.values)
    return {key: _hash(sorted(values)) for key, values in sorted(found.items())}


def fingerprints_beside(survey: NameSurvey) -> dict[str, str]:
    """The same for mail and proofs that stand at a name itself, beside where it leads."""
    found = fingerprints([survey])
    return {key: value for key, value in found.items() if key.startswith(("MX ", "TXT "))}


def changed_others(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """What differs between two looks, in words."""
    words = [f"{key} is gone" for key in before if key not in now]
    words += [f"{key} changed" for key in before if key in now and now[key] != before[key]]
    words += [f"{key} is new" for key in now if key not in before]
    return tuple(sorted(words))


def _hash(values: list[str]) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()
