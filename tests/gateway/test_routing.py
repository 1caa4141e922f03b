"""Routes build their URLs as Flask's own do, only later."""


def test_a_url_is_built_when_it_is_asked_for(app):
    """The address of a route with a variable, and one with more than it has variables for."""
    with app.test_request_context():
        assert app.url_for("kpn.agent_0", Logid="40001") == "/agent/logid/40001"
        assert app.url_for("kpn.agents_0", format="har") == "/agents?format=har"
