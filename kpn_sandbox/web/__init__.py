"""
Pages for people: start page, Swagger UI, wallboard, history, comparison, ITX panel, requests, console and manual.

They call the same public APIs as every client, from the browser; `data` holds the few figures that no API has. Every
script, style and picture comes from this server: the Content-Security-Policy allows nothing else, and nothing inline.
Swagger UI's files come from the package flask-swagger-ui, the manual's pages from `docs/` of the project. All pages
are the sandbox's own; KPN shows pictures of dashboards but publishes none.
"""
