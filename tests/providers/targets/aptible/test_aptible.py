"""The Aptible client against a small server that behaves as the facts say."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from providers.targets import load, names
from providers.targets.aptible import AptibleTarget, open_target
from tests.providers.targets.aptible.conftest import CHOICE, EmptyVault, jwt
from tests.providers.targets.aptible.hal import Hal
from wizard.clock import SYSTEM_CLOCK
from wizard.errors import BlockedError, ConsentMissing, OutsideError, UsageError
from wizard.model.target import Environment, Service, Stack, TargetApp
from wizard.safety.consent import Consent, Level, grant
from wizard.safety.network import Network
from wizard.safety.redact import REDACTOR


async def environment(hal: Hal, target: AptibleTarget, consent: Consent) -> Environment:
    hal.add("stacks", name="shared-us-west-1", region="us-west-1")
    hal.add("organizations", name="Clinic")["id"] = "org-uuid"
    return await target.create_environment("clinic", (await target.stacks())[0], consent)


async def app(hal: Hal, target: AptibleTarget, consent: Consent) -> TargetApp:
    return await target.create_app(await environment(hal, target, consent), "web", consent)


async def service(hal: Hal, target: AptibleTarget, consent: Consent, count: int = 1) -> Service:
    made = await app(hal, target, consent)
    hal.add(
        "services",
        process_type="web",
        container_count=count,
        container_memory_limit_mb=1024,
        _owner=f"apps/{made.id}",
    )
    return (await target.services(made))[0]


def test_the_target_is_found_by_name() -> None:
    assert "aptible" in names()
    assert load("aptible").open_target is open_target


def test_no_token_and_an_expired_one_say_what_to_do() -> None:
    def opened(environ: dict[str, str]) -> object:
        return open_target(CHOICE, environ, EmptyVault(), Network(), Path(), SYSTEM_CLOCK)

    with pytest.raises(BlockedError, match="aptible login"):
        opened({})
    with pytest.raises(BlockedError, match="expired"):
        opened({"APTIBLE_ACCESS_TOKEN": jwt(1_000_000_000)})


async def test_environment_and_app_are_made_once_and_adopted_after(
    hal: Hal, target: AptibleTarget, consent: Consent
) -> None:
    first = await environment(hal, target, consent)
    assert first.kind == "development"
    stack = (await target.stacks())[0]
    assert not stack.dedicated
    assert await target.create_environment("clinic", stack, consent) == first
    made = await target.create_app(first, "web", consent)
    assert await target.create_app(first, "web", consent) == made
    assert not made.deployed
    assert len(hal.rows("accounts")) == len(hal.rows("apps")) == 1
    assert hal.rows("accounts")[0]["organization_id"] == "org-uuid"


async def test_a_find_that_redirects_is_followed_on_its_own_host_only(
    hal: Hal, target: AptibleTarget, consent: Consent
) -> None:
    made = await environment(hal, target, consent)
    hal.redirect_finds = hal.root
    assert await target.find_environment("clinic") == made
    hal.redirect_finds = "http://127.0.0.1:9"
    with pytest.raises(UsageError, match="another host"):
        await target.find_environment("clinic")


async def test_a_dedicated_stack_makes_a_production_environment(
    hal: Hal, target: AptibleTarget, consent: Consent
) -> None:
    hal.add("stacks", {"organization": "/organizations/org"}, name="ours", region="us-east-1")
    hal.add("organizations", name="Clinic")
    stack = (await target.stacks())[0]
    assert stack.dedicated
    made = await target.create_environment("clinic", stack, consent)
    assert made.kind == "production"
    other = Stack(id=9, name="other", region="", dedicated=False)
    with pytest.raises(BlockedError, match="another stack"):
        await target.create_environment("clinic", other, consent)


async def test_nothing_is_written_without_consent(hal: Hal, target: AptibleTarget) -> None:
    look = grant(Level.LOOK, "look", "test", datetime.now(UTC))
    where = Environment(id=1, handle="clinic", kind="", stack_id=1)
    with pytest.raises(ConsentMissing):
        await target.create_app(where, "web", look)
    assert hal.rows("apps") == []


async def test_a_record_whose_reply_was_lost_is_found_not_made_twice(
    hal: Hal, target: AptibleTarget, consent: Consent
) -> None:
    hal.drop = [r"POST /accounts", r"POST /accounts/\d+/apps"]
    await app(hal, target, consent)
    assert len(hal.rows("accounts")) == len(hal.rows("apps")) == 1
    assert hal.drop == []


async def test_a_refused_making_says_that_nothing_was_made(
    hal: Hal, target: AptibleTarget, consent: Consent
) -> None:
    where = await environment(hal, target, consent)
    hal.refuse = {"apps": "Handle has already been taken"}
    with pytest.raises(OutsideError, match="already been taken") as refused:
        await target.create_app(where, "web", consent)
    assert refused.value.nothing_made


async def test_an_operation_whose_reply_was_lost_is_followed_not_repeated(
    hal: Hal, target: AptibleTarget, consent: Consent
) -> None:
    made = await app(hal, target, consent)
    await target.configure(made, {"A": SecretStr("one")}, consent)
    hal.drop = [r"POST /apps/\d+/operations"]
    done = await target.configure(made, {"A": SecretStr("two")}, consent)
    assert done.status == "succeeded"
    assert len(hal.operations("configure")) == 2
    assert (await target.configuration(made))["A"].get_secret_value() == "two"


async def test_configuration_merges_removes_and_refuses_empty_data(
    hal: Hal, target: AptibleTarget, consent: Consent
) -> None:
    made = await app(hal, target, consent)
    assert await target.configuration(made) == {}
    multiline = "-----BEGIN KEY-----\nabc=\n-----END KEY-----\n"
    await target.configure(
        made, {"PEM": SecretStr(multiline), "OLD": SecretStr("old7Value1x")}, consent
    )
    await target.configure(made, {"OLD": SecretStr(""), "NEW": SecretStr("n")}, consent)
    now = {k: v.get_secret_value() for k, v in (await target.configuration(made)).items()}
    assert now == {"PEM": multiline, "NEW": "n"}
    before = len(hal.operations("configure"))
    with pytest.raises(BlockedError, match="BLANK"):
        await target.configure(made, {"BLANK": SecretStr(""), "X": SecretStr("x")}, consent)
    with pytest.raises(BlockedError, match="HUGE"):
        await target.configure(made, {"HUGE": SecretStr("x" * 70_000)}, consent)
    assert len(hal.operations("configure")) == before
    assert "old7Value1x" not in REDACTOR.redact("it was old7Value1x")


async def test_secrets_are_asked_for_only_where_they_are_needed(
    hal: Hal, target: AptibleTarget, consent: Consent
) -> None:
    made = await app(hal, target, consent)
    await target.configure(made, {"A": SecretStr("1")}, consent)
    await target.configuration(made)
    sensitive = [r.path for r in hal.requests if r.headers["prefer"].endswith("=false")]
    assert sensitive
    assert all(p.startswith("/configurations/") for p in sensitive)


async def test_a_failed_operation_tells_the_end_of_its_log_without_secrets(
    hal: Hal, target: AptibleTarget, consent: Consent
) -> None:
    made = await app(hal, target, consent)
    lines = [f"line {n}" for n in range(40)]
    lines += ["\x1b[31mhook failed\x1b[0m", "url was postgres://u:h4sh-Hu5h-9q@h/db"]
    hal.fail["configure"] = "\n".join(lines)
    with pytest.raises(OutsideError) as caught:
        await target.configure(made, {"DB": SecretStr("h4sh-Hu5h-9q")}, consent)
    text = str(caught.value)
    assert "hook failed" in text
    assert "line 39" in text
    assert "line 20" not in text
    assert "h4sh-Hu5h-9q" not in text
    assert "\x1b" not in text
    fetched = next(r for r in hal.requests if r.path.startswith("/presigned/"))
    assert "authorization" not in fetched.headers


@pytest.mark.parametrize("address", ["http://logs.example.test/x", "file:///etc/passwd", "no"])
async def test_a_log_address_that_is_not_safe_is_not_fetched(
    hal: Hal, target: AptibleTarget, consent: Consent, address: str
) -> None:
    made = await app(hal, target, consent)
    hal.fail["configure"] = "secret log"
    hal.log_url = address
    with pytest.raises(OutsideError, match="could not be read"):
        await target.configure(made, {"A": SecretStr("1")}, consent)


async def test_all_pages_are_read(hal: Hal, target: AptibleTarget) -> None:
    hal.page = 2
    for number in range(5):
        hal.add("database_images", type="postgresql", version=str(number), visible=True)
    assert [i.version for i in await target.database_images()] == ["0", "1", "2", "3", "4"]


async def test_an_endpoint_needs_a_container_and_names_its_port(
    hal: Hal, target: AptibleTarget, consent: Consent
) -> None:
    web = await service(hal, target, consent, count=0)
    with pytest.raises(BlockedError, match="scale web to 1"):
        await target.create_endpoint(
            web, domain=None, port=3000, allowed_ips=("192.0.2.1/32",), consent=consent
        )
    await target.scale(web, 1, None, consent)
    made = await target.create_endpoint(
        web, domain=None, port=3000, allowed_ips=("192.0.2.1/32",), consent=consent
    )
    assert made.status == "provisioned"
    assert made.default_domain
    record = hal.rows("vhosts")[0]
    assert record["container_port"] == 3000
    assert record["ip_whitelist"] == ["192.0.2.1/32"]
    again = await target.create_endpoint(
        web, domain=None, port=3000, allowed_ips=("192.0.2.1/32",), consent=consent
    )
    assert again == made
    with pytest.raises(BlockedError, match="IP filter"):
        await target.create_endpoint(web, domain=None, port=3000, allowed_ips=(), consent=consent)


async def test_a_managed_certificate_shows_its_records_and_renews(
    hal: Hal, target: AptibleTarget, consent: Consent
) -> None:
    web = await service(hal, target, consent)
    made = await target.create_endpoint(
        web, domain="www.clinic.test", port=3000, allowed_ips=(), consent=consent
    )
    record = hal.rows("vhosts")[0]
    assert (record["acme"], record["user_domain"], record["default"]) == (
        True,
        "www.clinic.test",
        False,
    )
    record["acme_status"] = "pending"
    record["acme_configuration"] = {
        "challenges": [
            {"method": "http01", "from": {"name": "www.clinic.test"}, "to": []},
            {
                "method": "dns01",
                "from": {"name": "_acme-challenge.www.clinic.test"},
                "to": [
                    {"name": "old.example.test", "legacy": True},
                    {"name": "acme.elb.example.test", "legacy": False},
                ],
            },
        ]
    }
    web_app = await target.find_app(Environment(id=1, handle="clinic", kind="", stack_id=1), "web")
    assert web_app
    record["_owner"] = f"apps/{web_app.id}"
    (listed,) = await target.endpoints(web_app)
    assert listed.certificate == "pending"
    assert [(a.name, a.target) for a in listed.acme] == [
        ("_acme-challenge.www.clinic.test", "acme.elb.example.test")
    ]
    assert (await target.renew_certificate(made, consent)).certificate == "ready"


async def test_the_last_deployed_commit_is_that_of_the_newest_success(
    hal: Hal, target: AptibleTarget, consent: Consent
) -> None:
    made = await app(hal, target, consent)
    assert await target.last_deployed_commit(made) is None
    for letter in "ab":
        await target.deploy(made, letter * 40, consent)
    hal.fail["deploy"] = "no"
    with pytest.raises(OutsideError, match="deploying cccccccccccc"):
        await target.deploy(made, "c" * 40, consent)
    assert await target.last_deployed_commit(made) == "b" * 40


def test_commands_by_hand_hold_names_not_values(target: AptibleTarget) -> None:
    assert target.by_hand("configure", app="web", environment="clinic", variables="A B") == (
        'aptible config:set --app web --environment clinic A="$A" B="$B"'
    )
    assert target.by_hand("scale", app="web", environment="c", service="web; rm", count="0") == (
        "aptible apps:scale 'web; rm' --app web --environment c --container-count 0"
    )
    for action in ("create-app", "create-database", "configure", "push", "deploy"):
        assert target.by_hand(action).startswith(("aptible ", "git push "))
    for action in ("scale", "create-endpoint", "renew", "tunnel", "delete-database"):
        assert target.by_hand(action).startswith("aptible ")


async def test_a_deploy_that_a_killed_process_began_is_followed_not_repeated(
    hal: Hal, target: AptibleTarget, consent: Consent
) -> None:
    made = await app(hal, target, consent)
    commit = "a" * 40
    hal.add("operations", type="deploy", status="running", git_ref=commit, _owner=f"apps/{made.id}")
    assert (await target.deploy(made, commit, consent)).status == "succeeded"
    assert len(hal.operations("deploy")) == 1
    await target.deploy(made, "b" * 40, consent)
    assert len(hal.operations("deploy")) == 2


async def test_a_configure_under_way_is_waited_for_and_only_the_rest_is_sent(
    hal: Hal, target: AptibleTarget, consent: Consent
) -> None:
    made = await app(hal, target, consent)
    env = {"A": "one"}
    hal.add("operations", type="configure", status="queued", env=env, _owner=f"apps/{made.id}")
    await target.configure(made, {"A": SecretStr("one")}, consent)
    assert len(hal.operations("configure")) == 1
    hal.add("operations", type="configure", status="queued", env=env, _owner=f"apps/{made.id}")
    await target.configure(made, {"A": SecretStr("one"), "B": SecretStr("two")}, consent)
    assert [o["env"] for o in hal.operations("configure")] == [env, env, {"B": "two"}]


async def test_a_scale_under_way_counts_only_when_it_goes_to_the_same_number(
    hal: Hal, target: AptibleTarget, consent: Consent
) -> None:
    web = await service(hal, target, consent)
    where = f"services/{web.id}"
    hal.add("operations", type="scale", status="running", container_count=2, _owner=where)
    await target.scale(web, 2, None, consent)
    assert len(hal.operations("scale")) == 1
    hal.add("operations", type="scale", status="running", container_count=3, _owner=where)
    await target.scale(web, 0, None, consent)
    assert hal.operations("scale")[-1]["container_count"] == 0
