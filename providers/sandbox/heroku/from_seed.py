"""How does a scenario's account become the records that the API serves?"""

import time
import uuid

from providers.sandbox.heroku.state import (
    Account,
    Addon,
    App,
    Attachment,
    Database,
    Domain,
    GithubLink,
    Monitor,
    ProcessType,
    Release,
    Slug,
    Token,
    Uploaded,
    User,
    Webhook,
    new_id,
)
from providers.sandbox.scenarios.seed import AddOnSeed, AppSeed, HerokuSeed

AGE = 90 * 86400
PLATFORM_FEATURES = {
    "http-session-affinity": False,
    "log-runtime-metrics": False,
    "preboot": False,
    "runtime-dyno-build-metadata": False,
    "runtime-dyno-metadata": False,
    "runtime-heroku-metrics": False,
}


def account_from(seed: HerokuSeed, *, token: str, read_only_token: str) -> Account:
    """The records of the whole account, with a full token and one that may only read."""
    account = Account(
        User(seed.email, name="Sandbox Owner"),
        tokens=[
            Token(token),
            Token(read_only_token, ("read",), "read only"),
        ],
    )
    account.pipelines[new_id()] = seed.pipeline
    for app in seed.apps:
        account.apps.append(_app(app, seed, account.user))
        for add_on in app.add_ons:
            _add_on(account, account.apps[-1], add_on)
    return account


def _app(seed: AppSeed, whole: HerokuSeed, owner: User) -> App:
    born = time.time() - AGE
    app = App(
        name=seed.name,
        owner=owner,
        default_host=seed.default_host,
        region=seed.region,
        stack=seed.stack,
        pipeline=whole.pipeline if seed.in_pipeline else None,
        stage=seed.stage,
        config=dict(seed.config),
        buildpacks=[(name, f"urn:buildpack:{name}") for name in seed.buildpacks],
        features={**PLATFORM_FEATURES, **seed.features},
        drains=[(drain.url, drain.token, drain.add_on or None) for drain in seed.drains],
        collaborators=[User(person.email) for person in seed.collaborators],
        webhooks=[Webhook(hook.url, list(hook.include)) for hook in seed.webhooks],
        uploaded=[Uploaded(each.name, list(each.hostnames)) for each in seed.certificates],
        created=born,
    )
    if seed.autoscaler is not None:
        rule = seed.autoscaler
        app.monitor = Monitor(rule.minimum, rule.maximum, rule.active)
    if seed.github is not None:
        link = seed.github
        app.github = GithubLink(link.repository, link.branch, link.auto_deploy)
    for add_on in seed.add_ons:
        app.config.update(add_on.config)
    for owner_app in whole.apps:
        for add_on in owner_app.add_ons:
            if seed.name in add_on.lent_to:
                app.config.update(add_on.config)
    commands = dict(seed.process_types)
    if seed.release_phase:
        commands["release"] = seed.release_phase
    slugs = {
        commit: Slug(
            folder,
            commands,
            commit,
            size=sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()),
            created=born,
        )
        for commit, folder in seed.checkouts.items()
    }
    for kind, (quantity, size) in seed.formation.items():
        app.formation[kind] = ProcessType(
            kind, commands.get(kind, ""), quantity, size, created=born, updated=born
        )
    for kind, command in commands.items():
        app.formation.setdefault(
            kind, ProcessType(kind, command, 0, "Standard-1X", created=born, updated=born)
        )
    _releases(app, seed, slugs, owner, born)
    app.domains.append(Domain(seed.default_host, "heroku", created=born))
    for domain in seed.domains:
        app.domains.append(Domain(domain.hostname, "custom", domain.dns_target, "ok", created=born))
    return app


def _releases(app: App, seed: AppSeed, slugs: dict[str, Slug], owner: User, born: float) -> None:
    slug: Slug | None = None
    step = AGE / (len(seed.releases) + 1)
    for number, release in enumerate(seed.releases):
        slug = slugs.get(release.commit, slug)
        app.releases.append(
            Release(
                release.version,
                release.description,
                slug,
                dict(app.config),
                release.status,
                owner,
                created=born + step * (number + 1),
            )
        )
    current = app.current
    running = slugs[seed.commit]
    if current is None:
        current = Release(1, f"Deploy {seed.commit[:8]}", running, dict(app.config), user=owner)
        app.releases.append(current)
    current.slug = running


def _add_on(account: Account, app: App, seed: AddOnSeed) -> None:
    addon = Addon(seed.name, app.name, seed.service, seed.plan, seed.price_cents)
    addon.plan = seed.plan.removeprefix(f"{seed.service}:")
    addon.created = app.created
    account.addons.append(addon)
    account.attachments.append(
        Attachment(
            seed.attachment,
            app.name,
            addon.name,
            tuple(seed.config),
            id=str(uuid.uuid4()),
            created=app.created,
        )
    )
    for borrower in seed.lent_to:
        account.attachments.append(
            Attachment(
                seed.attachment, borrower, addon.name, tuple(seed.config), created=app.created
            )
        )
    if seed.postgres is not None:
        url = seed.postgres.url.removeprefix("postgres://")
        place = url.rpartition("@")[2].partition("/")[0]
        host, _, port = place.rpartition(":")
        account.databases.append(
            Database(
                addon.name,
                seed.postgres.database,
                seed.postgres.role,
                seed.postgres.password,
                host,
                int(port),
            )
        )
