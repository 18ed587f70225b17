"""What moveday rests on at Heroku that was never seen on the real service, and how to look.

Gathered from the marks in this folder's modules and from what Heroku documents nowhere.
"""

from wizard.model.doctor import Fact

FACTS = (
    Fact(
        id="masked-value",
        fact="GET config-vars does not tell the value of a masked variable: null, or left out",
        how="compare config-vars-settings with config-vars",
    ),
    Fact(
        id="config-settings",
        fact="config-vars-settings is offered to ordinary users with version=3.sdk",
        how="GET /apps/{app}/config-vars-settings",
    ),
    Fact(
        id="rate-header",
        fact="every answer tells RateLimit-Remaining",
        how="the headers of all calls made here",
    ),
    Fact(
        id="rate-endpoint",
        fact="GET /account/rate-limits tells what is left and costs nothing",
        how="call it between two others and compare the headers",
    ),
    Fact(
        id="paging",
        fact="a list asked for with max=1 answers 206 with Next-Range when there is more",
        how="GET /dyno-sizes with Range: name ..; max=1",
    ),
    Fact(
        id="not-modified",
        fact="If-None-Match with the last ETag answers 304",
        how="GET /apps/{app} twice",
    ),
    Fact(
        id="coupling",
        fact="GET /apps/{app}/pipeline-couplings answers one object, a list, or 404",
        how="call it",
    ),
    Fact(
        id="dyno-prices",
        fact="GET /dyno-sizes tells memory and cost, also for Private and Shield sizes",
        how="call it and look at each size",
    ),
    Fact(
        id="data-api",
        fact="the data API answers on its own host with the fields recorded in 2020",
        how="GET /client/v11/databases/{add-on} of one Heroku Postgres",
    ),
    Fact(
        id="advanced-backups",
        fact="backups of Postgres Advanced databases are listed like all others",
        how="GET /client/v11/databases/{add-on}/transfers, when the app has one",
    ),
    Fact(
        id="scope-header",
        fact="Oauth-Scope names what the token may do",
        how="the headers of GET /account",
    ),
    Fact(id="retry-after", fact="a 429 says with Retry-After how long to wait"),
    Fact(id="acm-after-switch", fact="what acm_status does once DNS has left, and how soon"),
    Fact(id="config-size", fact="the longest config variable Heroku takes is 32 KB"),
    Fact(id="dump-link", fact="a backup's link lives 60 minutes and can be resumed with Range"),
    Fact(id="add-on-data", fact="an add-on's data are gone at once when the app is deleted"),
    Fact(id="own-token", fact="a token without the scope global may end itself"),
)
