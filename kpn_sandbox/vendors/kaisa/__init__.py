"""
Kaisa Developer API: widgets data and customers.

Pre-calculated figures of calls over days, for Kaisa's widgets library or any other charts. Kaisa is the renamed
Freespee.

Sources:
    support.kaisa.io, "Widgets data" (360019527438): types, parameters, samples (read 2026-11).
    support.kaisa.io, "Introduction" (201050852), "Getting started" (201298061), "Customers" (201249581).
    github.com/freespee: fs-widgets, freespee-php-api-client, freespee-python-api-client.

Gaps:
    Of this family of endpoints only those of the operations exist; recordings, sources, users, statistics and callbacks
    do not. The version in front of Kaisa's paths and the list of allowed addresses are left out. What an unknown
    customer, a bad parameter, an empty period or the buckets above two minutes look like is not public; what the
    sandbox does instead is labeled inferred or invented.

Modules:
    store: customers that clients add or change are kept with the account.
"""
