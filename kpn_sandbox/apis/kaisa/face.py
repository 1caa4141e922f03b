"""What the sandbox tells of this API: each operation and behavior with its label."""

from kpn_sandbox.apis.face import Face, Known
from kpn_sandbox.apis.kaisa.operations import CUSTOMERS_PAGE, LIBRARY, OPERATIONS, WIDGETS_PAGE
from kpn_sandbox.apis.operation import STATUSES

_OWN = "the sandbox's own"
_CLIENTS = "github.com/freespee/freespee-php-api-client"

BEHAVIORS = (
    Known("The eleven types, their frame, and the JSON type of each value", "documented", WIDGETS_PAGE),
    Known("`customer_id` 0 or empty means all customers; unknown parameters are ignored", "inferred", LIBRARY),
    Known(
        "Local days of Europe/Amsterdam, both ends included; without dates the last 30 days with today; at most 366",
        "invented",
        _OWN,
    ),
    Known("`call_totals` counts calls that came; those that still wait are neither answered nor missed",
          "invented", _OWN),
    Known("`call_durations` is about answered calls that have ended, rounded to seconds", "invented", _OWN),
    Known("Buckets from two minutes on; empty buckets left out, `missed` always there", "inferred", WIDGETS_PAGE),
    Known("Ten rows at most of areas and customers, ties by name; five of attributions", "invented", _OWN),
    Known("A customer whom nobody knows has no calls: 200 with zeros", "inferred", CUSTOMERS_PAGE),
    Known("HTTP Digest", "documented", 'support.kaisa.io, "Getting started" (201298061)'),
    Known("MD5, `qop=auth`, a nonce for 300 seconds, each count once, `stale` when its time is over", "invented",
          "RFC 7616; the sandbox's choice of numbers"),
    Known('Refusals as `{"errors": [text, ...]}`, 401 without a body', "inferred", _CLIENTS),
    Known("Paging: `page` from 0, `pagesize` up to 1000", "documented", 'support.kaisa.io, "Introduction" (201050852)'),
    Known("What POST and PUT of customers answer: a list of one", "invented", _OWN),
    Known("An open widgets endpoint (`--kaisa-open`), `ETag`, CORS, all `X-Sandbox-` headers, `Prefer`", "invented",
          _OWN),
)

FACE = Face(
    key="kaisa",
    operations={each.key: Known(f"{each.method} {each.path}", each.label, each.source) for each in OPERATIONS},
    behaviors=BEHAVIORS,
    statuses=STATUSES,
)
