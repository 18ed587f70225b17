"""A name that the source insists on, and that leads elsewhere, stops a move before its freeze."""

from wizard.model.inventory import Domain
from wizard.rules.bound_names import bound_findings


def _domain(binds: bool = True, target: str | None = "203.0.113.40") -> Domain:
    return Domain(
        hostname="www.clinic.example", kind="custom", target=target, binds=binds, where="a test"
    )


def test_a_bound_name_that_leads_elsewhere_is_named_with_both_places() -> None:
    (found,) = bound_findings([_domain()], {"www.clinic.example": ("198.51.100.9",)}, "medstack")
    assert found.severity == "block"
    assert "198.51.100.9" in found.detail and "203.0.113.40" in found.detail
    assert "medstack" in found.detail and "203.0.113.40" in found.remedy


def test_a_bound_name_without_any_address_is_a_block_too() -> None:
    (found,) = bound_findings([_domain()], {"www.clinic.example": ()}, "medstack")
    assert "nothing" in found.detail


def test_nothing_is_said_of_names_that_lead_there_or_that_nobody_insists_on() -> None:
    there = {"www.clinic.example": ("203.0.113.41", "203.0.113.40")}
    elsewhere = {"www.clinic.example": ("198.51.100.9",)}
    assert bound_findings([_domain()], there, "medstack") == []
    assert bound_findings([_domain(binds=False)], elsewhere, "medstack") == []
    assert bound_findings([_domain(target=None)], elsewhere, "medstack") == []
    assert bound_findings([_domain()], {}, "medstack") == []
