"""
Atobi KPI integration.

Takes in key figures of users and locations that a third party sends, behind an OAuth 2.0 token.

Sources:
    help.atobi.io, "KPI integration" (article 80, read 2026-11): addresses, fields, sample, throttling.
    github.com/thephpleague/oauth2-server, laravel/framework: shapes of refusals, assumed from the paths and the words
    of the page.

Gaps:
    What the page calls headers of the token request is read as its form. The only type of object is "number", as on the
    page. The page asks for times "in DATETIME format" and "in Unix Epoch time"; both spellings are taken. Users and
    locations are not looked up: any of them is taken. There is nothing to read back at Atobi's own paths; the sandbox
    tells what it received under /_sandbox.

Modules:
    store: received key figures are kept, because the sandbox shows them under /_sandbox.
"""
