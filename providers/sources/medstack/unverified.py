"""What moveday rests on at MedStack that was never seen on the real service, and how to look.

The API reference beyond companies and clusters was not to be had; the rest comes from a customer's
script, from MedStack's documents about its screens, and from convention.
"""

from wizard.model.doctor import Fact

FACTS = (
    Fact(
        id="service-shape",
        fact="a service is told as the Swarm API's object, or as a resource with name and image",
        how="GET …/services",
    ),
    Fact(
        id="service-one",
        fact="one service can be asked for by its id",
        how="GET …/services/{id} of the first service",
    ),
    Fact(
        id="service-env",
        fact="a service's variables are told, with their values",
        how="look whether any service has them",
    ),
    Fact(
        id="service-domains",
        fact="a service's mapped domains and internal port are told",
        how="look whether any service has them",
    ),
    Fact(id="secrets-list", fact="secrets are listed, by name only", how="GET …/secrets"),
    Fact(id="configs-list", fact="configs are listed, with their content", how="GET …/configs"),
    Fact(
        id="nodes-list",
        fact="nodes are listed with their addresses, and which one is the manager",
        how="GET …/nodes",
    ),
    Fact(id="one-page", fact="a list comes whole, in one answer", how="fields beside `data`"),
    Fact(
        id="replicas-told",
        fact="a service's number of replicas is told",
        how="look whether every service has it",
    ),
    Fact(
        id="running-told",
        fact="how many containers of a service really run is told",
        how="look whether every service has it",
    ),
    Fact(id="replicas", fact="PATCH of a service takes `replicas`, also 0"),
    Fact(id="env-change", fact="PATCH of a service takes `env`, as a whole list"),
    Fact(id="image-change", fact="PATCH of a service takes `image`"),
    Fact(id="secret-plain", fact="POST of a secret takes `data` as the plain text"),
    Fact(id="secret-removed", fact="DELETE of a secret that no service uses removes it"),
    Fact(id="domains-change", fact="PATCH of a service takes `domains`"),
    Fact(
        id="domain-refusal",
        fact="a service with a domain that leads elsewhere takes no change at all, and which status"
        " says so",
    ),
    Fact(id="rate", fact="how many calls MedStack takes, and how it says that it were too many"),
)
