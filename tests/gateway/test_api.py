"""The routes of an API."""


def test_urls_of_routes_can_be_built(app):
    """Flask builds the URL of a route from its variables, and puts further values into the query."""
    with app.test_request_context():
        assert app.url_for("kpn.agent_0", Logid="40001") == "/agent/logid/40001"
        assert app.url_for("kpn.agents_0", format="har") == "/agents?format=har"
