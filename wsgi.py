"""The sandbox for any WSGI server: `gunicorn wsgi:app`. Its settings come from the environment."""

from kpn_sandbox.app import create_app
from kpn_sandbox.settings import from_environment

app = create_app(from_environment())
