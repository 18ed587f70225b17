"""What moveday rests on at Aptible that was never seen on the real service, and how to look.

Gathered from the marks in this folder's modules and from what Aptible documents nowhere.
"""

from wizard.model.doctor import Fact

FACTS = (
    Fact(
        id="pages",
        fact="collections come in pages with per_page, and lead on with _links.next",
        how="GET /stacks with per_page=1",
    ),
    Fact(
        id="hides-secrets",
        fact="with Prefer: no_sensitive_extras=true no answer holds a connection URL or env",
        how="GET /accounts/{environment}/databases and look for the names of such fields",
    ),
    Fact(
        id="embedded-services",
        fact="with that Prefer an app's services must be listed by their own address",
        how="GET /apps/{app} and look for _embedded.services",
    ),
    Fact(
        id="find",
        fact="GET /find/account answers with the environment itself, or 404",
        how="ask for the plan's environment",
    ),
    Fact(
        id="default-images",
        fact="at most one database image per type is marked as the default",
        how="GET /database_images",
    ),
    Fact(
        id="postgres-majors",
        fact="PostgreSQL 16 or newer can be provisioned",
        how="GET /database_images",
    ),
    Fact(
        id="dedicated",
        fact="a dedicated stack links to its organization, a shared one does not",
        how="GET /stacks",
    ),
    Fact(
        id="portal-key",
        fact="a stack tells its SSH portal's host, port and public key",
        how="GET /stacks",
    ),
    Fact(
        id="hidden-organizations",
        fact="/reauthenticate_organizations lists what this way of signing in cannot see",
        how="GET it on the sign-in host",
    ),
    Fact(
        id="rates",
        fact="GET /costs/{organization}/rates tells unit prices to a developer's token",
        how="call it",
    ),
    Fact(
        id="token-life",
        fact="the access token says when it ends (exp), and lives up to a week",
        how="read the token itself",
    ),
    Fact(
        id="rate-limits",
        fact="Aptible publishes no limit of calls",
        how="look for ratelimit headers in all answers",
    ),
    Fact(id="sign-in-status", fact="a missing one-time code answers 400, a wrong password 401"),
    Fact(id="redis-credential", fact="the default credential of Redis is the one with TLS"),
    Fact(id="certificate-reference", fact="an endpoint takes a certificate by its address"),
    Fact(id="longest-token", fact="the longest expires_in that is granted"),
    Fact(id="idle-timeout", fact="an endpoint's default idle timeout is 60 s"),
    Fact(id="plan-domains", fact="custom domains work on the Development plan"),
    Fact(id="push-by-token", fact="a git push with a token works where single sign-on is required"),
    Fact(id="stack-by-api", fact="a dedicated stack can be made by support only"),
    Fact(id="image-architecture", fact="images must be built for amd64"),
)
