"""The panel page lays out what the ITX API tells."""

from kpn_sandbox.itx_check.panel import panel_rows


def test_the_rows_are_those_of_the_api(app, client):
    """Section for section and document for document."""
    account = app.extensions["kpn_sandbox"].sandbox.accounts.rotate("APP_CONSUMER_KEY")
    bearer = {"Authorization": f"Bearer {client.post('/wallboard/token', json={}).json['access_token']}"}
    customer_id = client.get("/panel/rows", headers=bearer).json["customers"][0]["customer_id"]

    told = client.get("/panel/rows", query_string={"customerId": customer_id}, headers=bearer).json["rows"]

    given = client.get("/rest/kpi", query_string={"customerId": customer_id, "token": account.itx_token}).json
    assert [row["text"] for row in told] == [row.text for row in panel_rows(given)]


def test_the_panel_needs_a_good_token(client):
    """Nobody reads another's customers."""
    assert client.get("/panel/rows?customerId=1").status_code == 401
