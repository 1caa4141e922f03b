"""The administrator's token."""

from kpn_sandbox.control.keeping import keep
from kpn_sandbox.storage import Database


def admin_token(database: Database, configured: str | None) -> str:
    """The configured token, else the one that was generated at the first start and kept."""
    return configured or keep(database, "admin_token")
