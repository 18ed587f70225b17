"""Which pipeline is the app in, and which apps are beside it?"""

from providers.http import HttpRefused
from providers.sources.heroku.client import ACCEPT_FILTERS, HerokuApi, segment
from providers.sources.heroku.gaps import Gaps
from providers.sources.heroku.parsing import Read
from providers.sources.heroku.shapes import App, Coupling
from providers.sources.heroku.shapes_around import Pipeline
from wizard.model.platform_facts import Sibling


async def read_pipeline(api: HerokuApi, app: App, gaps: Gaps) -> tuple[str, tuple[Sibling, ...]]:
    """The pipeline's name and the other apps in it; "" and none without a pipeline."""
    couplings = await gaps.some("pipeline", _own_coupling(api, app))
    pipeline = next((each.pipeline.id for each in couplings if each.pipeline), "")
    if not pipeline:
        return "", ()
    named = await gaps.some("pipeline", api.one(Pipeline, f"/pipelines/{segment(pipeline)}"))
    path = f"/pipelines/{segment(pipeline)}/pipeline-couplings"
    members = await gaps.some("siblings", api.some(Coupling, path))
    stages = {each.app.id: each.stage for each in members if each.app and each.app.id != app.id}
    name = named[0].name if named else pipeline
    gaps.tell(f"pipeline {name} with {len(stages)} other apps")
    if not stages:
        return name, ()
    body, accept = {"in": {"id": sorted(stages)}}, {"Accept": ACCEPT_FILTERS}
    others = await gaps.some("siblings", api.look_up(App, "/filters/apps", body, accept))
    unseen = len(set(stages) - {other.id for other in others})
    if unseen and not gaps.has("siblings"):
        gaps.add("siblings", f"{unseen} apps of the pipeline are not open to this account")
    found = [Sibling(app=other.name, stage=stages.get(other.id, "")) for other in others]
    return name, tuple(sorted(found, key=lambda sibling: (sibling.stage, sibling.app)))


async def _own_coupling(api: HerokuApi, app: App) -> Read[Coupling]:
    """The app's own place; the schema has one object here, 404 without a pipeline."""
    path = f"/apps/{segment(app.id)}/pipeline-couplings"
    try:
        return await api.one_or_list(Coupling, path)
    except HttpRefused as refused:
        if refused.status == 404:
            return Read()
        raise
