"""Panels to check."""

ORDER = {"documentNumber": "1", "documentDate": "2026-11-23T10:00:00Z"}


def panel(*documents, **section):
    """A panel with one section."""
    return {"sections": [{"title": "Orders", "documents": list(documents), **section}]}
