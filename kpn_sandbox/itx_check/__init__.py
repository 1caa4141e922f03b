"""
Plays ITX against a user's own Custom KPI endpoint, so that a provider can be checked before ITX is there.

    caller      requests a panel as ITX would
    rules       checks a panel by the documented rules
    panel       lays a panel out as rows of text, and shows them as a web page
"""
