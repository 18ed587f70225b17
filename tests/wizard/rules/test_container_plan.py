"""One app of a cluster under a plan: what becomes of it, what is asked, and where answers go."""

from typing import Any

import pytest
from pydantic import SecretStr

from tests.wizard.clinic import HOST, PASSWORD, SERVICES, portal, portal_mapping, portal_plan
from tests.wizard.rules.mapping_examples import item
from wizard.errors import UsageError
from wizard.model.inventory import Inventory
from wizard.model.mapping import Mapping
from wizard.model.plan import Plan, VariableChoice
from wizard.rules.mapping_answers import decide
from wizard.rules.variables import decide_variables

NEW = "postgresql://aptible:new-pw@db-new.test:5433/db"
ANSWERED = {
    "volume/portal_uploads": "cache",
    "registry/registry.example.net": "public",
}
GIVE = {name: VariableChoice(action="give") for name in ("SESSION_KEY", "PORTAL_SETTINGS")}


def asked(mapping: Mapping) -> list[str]:
    return [waiting.question.id for waiting in mapping.questions]


def put(plan: Plan, identity: str, answer: str, **more: Any) -> Plan:
    services = more.get("services", SERVICES)
    found, _ = portal(services)
    return decide(plan, found, portal_mapping(plan, **more), identity, answer)


def test_what_is_open_is_asked_once_and_answers_stand_in_the_plan() -> None:
    plan = portal_plan()
    mapping = portal_mapping(plan)
    assert sorted(asked(mapping)) == [
        "registry/registry.example.net",
        "variable/PORTAL_SETTINGS",
        "variable/SESSION_KEY",
        "volume/portal_uploads",
    ]
    assert all(waiting.before == "deploy" for waiting in mapping.questions)
    plan = put(plan, "volume/portal_uploads", " uploads ")
    plan = put(plan, "registry/registry.example.net", "public")
    assert plan.answers == {
        "volume/portal_uploads": "uploads",
        "registry/registry.example.net": "public",
    }
    plan = put(plan, "variable/SESSION_KEY", "give")
    plan = put(plan, "variable/PORTAL_SETTINGS", "give")
    assert sorted(asked(portal_mapping(plan))) == ["value/PORTAL_SETTINGS", "value/SESSION_KEY"]
    given = {"SESSION_KEY": "k", "PORTAL_SETTINGS": "[portal]\n"}
    assert asked(portal_mapping(plan, given=given)) == []
    with pytest.raises(UsageError, match="does not answer volume/portal_uploads"):
        put(portal_plan(), "volume/portal_uploads", "perhaps")


def test_the_app_keeps_its_names_and_has_no_item_that_speaks_of_another_way_to_deploy() -> None:
    mapping = portal_mapping(portal_plan(answers=ANSWERED, variables=GIVE))
    assert [i.name for i in mapping.of("processes")] == ["portal", "scheduler", "worker"]
    assert "FROM this image" in item(mapping, "apps", "portal").target
    assert "--docker-image" not in str([i.by_hand for i in mapping.items])
    assert "PORT" not in [i.name for i in mapping.of("variables")]
    assert item(mapping, "variables", "SESSION_KEY_FILE").becomes == "kept"
    assert item(mapping, "databases", "northside-prod").target.startswith("portal-db: ")
    assert "a job beside the old one" in item(mapping, "databases", "northside-prod").reason
    assert PASSWORD not in mapping.model_dump_json()


def test_a_port_of_the_apps_own_stays() -> None:
    services = SERVICES.replace("REDIS_URL:", 'PORT: "8000"\n    REDIS_URL:')
    mapping = portal_mapping(portal_plan(), services=services)
    assert item(mapping, "variables", "PORT").because == "V9"


def test_a_registry_with_a_password_asks_for_both_halves() -> None:
    answers = {**ANSWERED, "registry/registry.example.net": "private"}
    plan = portal_plan(answers=answers, variables=GIVE)
    given = {"SESSION_KEY": "k", "PORTAL_SETTINGS": "s"}
    names = ["APTIBLE_PRIVATE_REGISTRY_USERNAME", "APTIBLE_PRIVATE_REGISTRY_PASSWORD"]
    assert asked(portal_mapping(plan, given=given)) == [f"value/{name}" for name in names]
    there = portal_mapping(
        plan, on_target=frozenset(names[:1]), settled=frozenset(answers), given=given
    )
    assert asked(there) == [f"value/{names[1]}"]


def test_databases_that_the_plan_leaves_out() -> None:
    plan = portal_plan(databases=())
    mapping = portal_mapping(plan)
    assert {"database/DATABASE_URL", "database/REDIS_URL"} <= set(asked(mapping))
    moved = put(plan, "database/DATABASE_URL", "move")
    assert (moved.databases[0].route, moved.databases[0].handle) == ("job", "portal-db")
    moved = put(moved, "database/REDIS_URL", "move")
    assert (moved.databases[1].engine, moved.databases[1].move_data) == ("redis", False)
    left = put(put(plan, "database/DATABASE_URL", "leave"), "database/REDIS_URL", "leave")
    mapping = portal_mapping(left)
    assert item(mapping, "databases", "northside-prod").becomes == "stays behind"
    assert item(mapping, "databases", "cache").becomes == "dropped"
    assert item(mapping, "variables", "DATABASE_URL").because == "V9"
    assert item(mapping, "variables", "REDIS_URL").because == "V20"


def test_a_database_without_a_url_stands_in_the_way() -> None:
    services = SERVICES.replace("REDIS_URL: redis://cache:6379/0", "REDIS_HOST: cache")
    mapping = portal_mapping(portal_plan(), services=services)
    assert item(mapping, "databases", "cache").because == "D12"
    assert item(mapping, "variables", "REDIS_HOST").because == "V20"
    assert [blocker.name for blocker in mapping.blockers] == ["cache"]


PARTS = f"""\
    PGHOST: {HOST}
    PGADDRESS: {HOST}:5432
    OTHER: http://worker:9000
    REDIS_URL:"""


def _decided(found: Inventory, values: dict[str, SecretStr], plan: Plan) -> dict[str, Any]:
    urls = {c.variable: SecretStr(NEW) for c in plan.databases}
    return {d.name: d for d in decide_variables(found, values, plan, urls)}


def test_parts_of_an_address_follow_the_database_and_other_services_are_given() -> None:
    found, values = portal(SERVICES.replace("    REDIS_URL:", PARTS))
    decided = _decided(found, values, portal_plan())
    assert decided["PGHOST"].new_value.get_secret_value() == "db-new.test"
    assert decided["PGADDRESS"].new_value.get_secret_value() == "db-new.test:5433"
    other = decided["OTHER"]
    assert (other.because, other.action, other.new_value) == ("V20", "keep", None)
    kept = portal_plan(variables={"OTHER": VariableChoice(action="keep")})
    chosen = _decided(found, values, kept)["OTHER"]
    assert chosen.new_value.get_secret_value() == "http://worker:9000"


def test_a_process_of_every_node_is_counted_into_the_plan() -> None:
    services = SERVICES.replace("replicas: 1, placement", "mode: global, placement")
    plan = put(portal_plan(), "count/scheduler", "1", services=services)
    assert plan.processes["scheduler"].count == 1
    assert "count/scheduler" not in asked(portal_mapping(plan, services=services))
    for wrong in ("-1", "x", "99", "１"):
        with pytest.raises(UsageError):
            put(portal_plan(), "count/scheduler", wrong, services=services)


def test_a_name_that_is_a_variable_becomes_a_domain_of_the_plan() -> None:
    services = SERVICES.replace("`northside-clinic.example`, ", "`${SITE}`, ").replace(
        "`www.northside-clinic.example`", "`${SITE}`"
    )
    mapping = portal_mapping(portal_plan(domains=()), services=services)
    identity = next(name for name in asked(mapping) if name.startswith("domain/"))
    plan = put(portal_plan(domains=()), identity, "Clinic.Example", services=services)
    assert plan.domains == ("clinic.example",)
    assert identity not in asked(portal_mapping(plan, services=services))
    with pytest.raises(UsageError):
        put(portal_plan(), identity, "none", services=services)


def test_what_neither_account_nor_file_tells_is_asked() -> None:
    untold = SERVICES.replace("traefik.http.routers.p.rule", "traefik.ignored")
    plan = portal_plan(
        domains=(), databases=(portal_plan().databases[0].model_copy(update={"version": ""}),)
    )
    mapping = portal_mapping(plan, services=untold)
    assert {"domain/all", "database/DATABASE_URL/version"} <= set(asked(mapping))
    waiting = {q.question.id: q for q in mapping.questions}
    assert waiting["domain/all"].before == "cutover"
    assert waiting["database/DATABASE_URL/version"].question.default == "17"
    plan = put(plan, "domain/all", "Clinic.Example, www.clinic.example", services=untold)
    assert plan.domains == ("clinic.example", "www.clinic.example")
    plan = put(plan, "database/DATABASE_URL/version", "15", services=untold)
    assert plan.databases[0].version == "15"
    after = asked(portal_mapping(plan, services=untold))
    assert not {"domain/all", "database/DATABASE_URL/version"} & set(after)
    none = portal_mapping(
        portal_plan(domains=()), services=untold, settled=frozenset({"domain/all"})
    )
    assert "domain/all" not in asked(none)
