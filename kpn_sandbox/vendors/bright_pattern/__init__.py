"""
Bright Pattern Real-Time Statistics API ("statsapi").

Statistics of services and agents for displays and wallboards: a client logs in, says once which statistics it needs,
and then asks for them every few seconds.

Sources:
    help3x.brightpattern.com, 3.10:Real-time-statistics-api/APIDescription, and later versions of that page: requests,
    answers, subscription.
    documenter.getpostman.com/view/6735878/T1DwbtSk: the reference up to release 5.36, with samples.
    github.com/dvakhrushev/dvakhrushev.github.io: Bright Pattern's wallboard, whose dictionary names the statistics.
    github.com/sergey-lozhkin/statsapi-samples: recorded requests and answers.
    help3x.brightpattern.com, Supervisor guide, lists of service and agent metrics: what the statistics mean.

Gaps:
    No public page has the full list of statistics, the error codes, the bodies of most refusals, the limit of active
    subscriptions or the refresh time; what the sandbox does instead is labeled inferred or invented.

Modules:
    context: the views of sessions work on more than the account: the user, stores, a cache of bodies.
    evaluation: filters, orders and adds the statistics of a subscription.
    headers: CORS with credentials, and responses that no cache may keep.
    snapshot: agents and services at an instant, with pins, in columns for the statistics.
    statistic_catalog: the statistics, their meaning and where a subscription may have them.
    statistic_values: the value of each statistic.
    store: subscriptions and wallboards are the only state that clients leave with the vendor.
    subscription: the subscription that the body of a request describes.
"""
