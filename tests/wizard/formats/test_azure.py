"""Traces of Azure in values: server, product, account, end of access; and no value is kept."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.formats.azure import Given, read_traces, servers_in
from wizard.model.cloud import CloudTraces

PLANTED = "planted-Hf93-azure"
SIGNED = f"sv=2022-11-02&ss=b&srt=co&sp=rl&se=2026-12-01T08%3A30%3A00Z&sig={PLANTED}%3D"


def traces(**variables: str) -> CloudTraces:
    return read_traces(Given("web", name, value, "c.yaml:1") for name, value in variables.items())


@pytest.mark.parametrize(
    ("variables", "kind", "pooled"),
    [
        ({"URL": f"postgres://c%40srv-1:{PLANTED}@srv-1.postgres.database.azure.com/d"}, 1, False),
        ({"URL": f"postgres://c@srv-1:{PLANTED}@srv-1.postgres.database.azure.com/d"}, 1, False),
        (
            {"URL": "jdbc:postgresql://srv-1.postgres.database.azure.com/d?user=c%40srv-1"},
            1,
            False,
        ),
        ({"DB_HOST": "srv-1.postgres.database.azure.com", "DB_USER": "c@srv-1"}, 1, False),
        ({"URL": f"postgres://c:{PLANTED}@srv-1.postgres.database.azure.com/d"}, 2, False),
        ({"URL": f"postgres://c:{PLANTED}@SRV-1.Postgres.Database.Azure.com:6432/d"}, 2, True),
        ({"DB_HOST": "srv-1.postgres.database.azure.com", "DB_USER": "c"}, 2, False),
        (
            {"DB_HOST": "srv-1.private.postgres.database.azure.com", "DB_PORT": "6432"},
            2,
            True,
        ),
        (
            {"DSN": "Server=srv-1.postgres.database.azure.com;User Id=c;Password=x;Port=5432"},
            2,
            False,
        ),
        ({"DB_HOST": "srv-1.postgres.database.azure.com"}, 0, False),
    ],
)
def test_a_server_and_which_product_it_is(
    variables: dict[str, str], kind: int, pooled: bool
) -> None:
    (found,) = traces(**variables).databases
    assert (found.server, found.engine) == ("srv-1", "postgres")
    assert (found.kind, found.pooled) == (("", "single", "flexible")[kind], pooled)
    assert PLANTED not in found.model_dump_json()


@pytest.mark.parametrize(
    "text",
    [
        "postgres.database.azure.com.example.org",
        "https://example.org/?x=postgres.database.azure.comic",
        "srv.mssql.database.azure.com",
        "",
    ],
)
def test_what_is_no_server(text: str) -> None:
    assert list(servers_in(text)) == []


def test_storage_with_its_key_and_with_signed_access() -> None:
    found = traces(
        FILES=f"DefaultEndpointsProtocol=https;AccountName=clinicfiles;AccountKey={PLANTED};",
        REPORTS_URL=f"https://clinicreports.blob.core.windows.net/reports?{SIGNED}",
        TOKEN=f"?{SIGNED}".replace("08%3A30%3A00Z", "08:30Z"),
        BY_STRING=f"BlobEndpoint=https://a1b.blob.core.windows.net/;SharedAccessSignature={SIGNED}",
        AZURE_STORAGE_ACCOUNT="cliniclogs",
        AZURE_STORAGE_KEY=PLANTED,
        LOCAL="DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=x;",
    )
    assert {a.account: a.access for a in found.accounts} == {
        "clinicfiles": "key",
        "clinicreports": "token",
        "a1b": "token",
        "cliniclogs": "key",
    }
    end = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
    assert [(t.variable, t.account, t.expires) for t in found.tokens] == [
        ("REPORTS_URL", "clinicreports", end),
        ("TOKEN", "", end),
        ("BY_STRING", "a1b", end),
    ]
    assert PLANTED not in found.model_dump_json()


def test_signed_access_whose_end_is_elsewhere() -> None:
    found = traces(
        POLICY=f"https://a1b.blob.core.windows.net/c?sv=2022-11-02&si=read&sig={PLANTED}",
        ODD=f"https://a1b.blob.core.windows.net/c?sv=2022-11-02&se=tomorrow&sig={PLANTED}",
        OTHER="https://cdn.example.org/a?sig=abc",
    )
    assert [(t.variable, t.expires, t.policy) for t in found.tokens] == [
        ("POLICY", None, True),
        ("ODD", None, False),
    ]
    assert [(a.account, a.access) for a in found.accounts] == [("a1b", "token")]


def test_regions_by_name_and_by_host() -> None:
    found = traces(
        AZURE_REGION="Canada Central",
        SEARCH="https://clinic.eastus2.cloudapp.azure.com/",
        APP="https://clinic-f3.ukwest-01.azurewebsites.net",
        NOTE="eastus",
    )
    assert [(r.region, r.country) for r in found.regions] == [
        ("canadacentral", "Canada"),
        ("eastus2", "the United States"),
        ("ukwest", "the United Kingdom"),
    ]


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=200), max_size=4))
def test_any_value_is_read_without_trouble(variables: dict[str, str]) -> None:
    parts = "az.postgres.database.azure.com?se=&sig=1&sv=x;AccountName="
    read_traces(Given("a", name, f"{text}{parts}{text}", "w") for name, text in variables.items())
