"""Views of Bright Pattern's API, grouped by what they are about."""

from kpn_sandbox.vendors.bright_pattern.views import configuration, sessions, subscriptions, wallboards

ENDPOINTS = (*sessions.ENDPOINTS, *subscriptions.ENDPOINTS, *configuration.ENDPOINTS, *wallboards.ENDPOINTS)
