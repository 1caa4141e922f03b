"""
HTTP Digest with an account's client id and secret, and a widgets endpoint that may be open for browsers.

Source:
    support.kaisa.io, "Getting started" (201298061): HTTP Digest. The widgets endpoint may be open because the widgets
    library sends no credentials: Kaisa expects every site to have a proxy that adds them.
"""

from typing import Any

from kpn_sandbox.auth.digest import DigestAuth, digest_credential
from kpn_sandbox.gateway.api import Services
from kpn_sandbox.gateway.operations import Operation
from kpn_sandbox.gateway.request_info import raw_path
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.vendors.kaisa.operations import WIDGETS

REALM = "Kaisa"
CREDENTIAL = digest_credential("kaisa", REALM)
"""Stored digest of each account's id and secret, for HTTP Digest."""


class KaisaAuth(DigestAuth):
    """
    Authenticates the requests of Kaisa's API.

    Args:
        services: Parts of the application that the APIs share.
    """

    def __init__(self, services: Services) -> None:
        super().__init__(services.sandbox, CREDENTIAL, REALM)
        self._services = services

    def authenticate_request(self, environ: dict[str, Any], operation: Operation | None) -> Tenant:
        """
        Return the account of a request; without credentials, the demo account for open widgets.

        Args:
            environ: WSGI environment of the request.
            operation: Its operation; None where no widgets are shown.
        """
        authorization, settings = environ.get("HTTP_AUTHORIZATION"), self._services.settings
        if authorization is None and operation is WIDGETS and settings.kaisa_open:
            tenant = self._services.sandbox.find_tenant(settings.client_id)
            if tenant is not None:
                return tenant
        path, query = raw_path(environ), environ.get("QUERY_STRING", "")
        return self.authenticate(authorization, environ["REQUEST_METHOD"].upper(), f"{path}?{query}" if query else path)
