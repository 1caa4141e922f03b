"""What the sandbox tells of this API: each operation and behavior with its label."""

from kpn_sandbox.apis.atobi.manners import AtobiManners
from kpn_sandbox.apis.atobi.operations import OPERATIONS, PAGE
from kpn_sandbox.apis.face import Face, Known

_OWN = "the sandbox's own"
_LARAVEL = "laravel/framework"
_PASSPORT = "thephpleague/oauth2-server"

BEHAVIORS = (
    Known("`grant-type` and `application/x-www-urlencoded` as printed", "documented", PAGE),
    Known("`grant_type`, form-encoded, HTTP Basic, JSON", "inferred", "RFC 6749"),
    Known("Token answer: Bearer, 3600 seconds as an integer, scope as asked for", "inferred", _PASSPORT),
    Known("Refusals of the token endpoint: `error`, `error_description`, `message`", "inferred", _PASSPORT),
    Known("Mandatory and optional fields, `user_id` or `location_id`, object type `number`", "documented", PAGE),
    Known("`data_from` and `data_to` as in the table, `date_from` and `date_to` as in the samples", "documented", PAGE),
    Known("`Y-m-d H:i:s` is UTC; seconds since the epoch are taken, too", "inferred", PAGE),
    Known("2XX with a status in the body", "documented", PAGE),
    Known('The body itself, `{"status": "success", ...}`, and `"status": "error"` in refusals', "invented", _OWN),
    Known("422 with the dotted path of each wrong field", "inferred", _LARAVEL),
    Known("All or nothing; the same type, context and id replaces; an id twice in a body is refused", "invented", _OWN),
    Known("180 requests a minute, 429 `Too Many Attempts.`", "documented", PAGE),
    Known("`X-RateLimit-` headers, `Retry-After`, fixed minutes of the account's clock, tokens counted apart",
          "inferred", _LARAVEL),
    Known("API version `v1`, 404 for others; type `kpi`; bodies up to 1 MB; 415 for other content types",
          "invented", _OWN),
    Known("Any user and any location is taken", "invented", _OWN),
)

FACE = Face(
    key="atobi",
    operations={each.key: Known(f"{each.method} {each.path}", each.label, each.source) for each in OPERATIONS},
    behaviors=BEHAVIORS,
    statuses=AtobiManners.statuses,
)
