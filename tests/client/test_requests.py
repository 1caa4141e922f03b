"""Requests as an account's client sends them, over a socket."""

from datetime import timedelta
from http import HTTPStatus
from pathlib import PurePosixPath

import pytest

from kpn_sandbox.client import ClientError, Unreachable


def test_requests_may_have_bodies(account):
    """POST and PUT send JSON, forms and texts, with the account's token or whatever the test gives."""
    assert account.post("/agents", {"a": 1}).status == 405
    assert account.put("/agents", data="text").status == 405
    form = {"client_id": account.client_id, "client_secret": account.client_secret}
    path = "/oauth/client_credential/accesstoken?grant_type=client_credentials"
    token = account.post(path, data=form, headers={"Authorization": ""})["access_token"]
    assert account.get("/agents", token=token).status == 200
    assert account.put(f"/_sandbox/accounts/{account.client_id}/scenario", json={"name": "peak"})["name"] == "peak"
    assert account.get(f"{account.url}/_sandbox/accounts/{account.client_id}/scenario")["name"] == "peak"
    assert account.get(PurePosixPath("/queues")).status == 200


def test_a_token_that_has_ended_is_fetched_again_once(account):
    """A token that has expired or was revoked is replaced; any other refusal is a response like each."""
    assert account.get("/agents").status == 200
    for end in (lambda: account.advance(3600), lambda: account.ask("POST", "/tokens/revoke", {})):
        end()
        assert account.get("/agents").status == 200
    account.fail("agents", 401)
    assert account.get("/agents").status == 401
    assert [each["status"] for each in account.requests("agents")] == [200, 401, 200, 401, 200, 401]
    assert len(account.requests("token")) == 3


def test_a_hanging_answer_is_not_waited_for(account):
    """A time-out ends a request; the account can be used further."""
    account.fail("agents", "hang")

    with pytest.raises(Unreachable, match="timed out"):
        account.get("/agents", timeout=timedelta(milliseconds=200))
    assert account.get("/agents").status == 200
    assert [each["status"] for each in account.verify("agents", 2)] == [0, 200]


def test_responses_say_whether_they_are_right(account):
    """`ok`, `raise_for_status` and `json` mean what they mean in other libraries; errors are the client's."""
    response = account.get("/agents", params={"a": [1, 2], "b": None, "c": HTTPStatus.OK})
    assert response.ok and response.raise_for_status() is response
    assert account.requests()[-1]["query"] == "a=1&a=2&c=200"

    account.fail("agents", {"status": 503, "body": "{"}, 302)
    broken = account.get("/agents")
    assert not broken.ok
    with pytest.raises(ClientError, match="the response is 503") as error:
        broken.raise_for_status()
    assert error.value.status == 503
    with pytest.raises(ClientError, match=r"the body must be JSON, not '\{'"):
        broken.json()
    assert account.get("/agents").status == 302


def test_requests_are_deleted_with_a_path_and_the_account_without(client):
    """`delete` with a path is a request like `get`; without one the account is gone, as after `drop`."""
    account = client.new_account()
    assert account.delete("/agents").status == 405
    assert account.delete().status == 204

    with pytest.raises(ClientError, match="404"):
        account.delete()


@pytest.mark.parametrize(
    "call",
    [
        lambda account: account.freeze("yesteryear"),
        lambda account: account.advance(timedelta(-1)),
        lambda account: account.scenario(object()),
        lambda account: account.pin("agents", "../40001", Agent="x"),
        lambda account: account.pin("chairs", 1, Agent="x"),
        lambda account: account.pin("agents", 40001, Agent=b"x"),
        lambda account: account.fail("agents", "vanish"),
        lambda account: account.fail("agents", float("nan")),
        lambda account: account.fail("agents", 503, key="Jansen"),
        lambda account: account.get("/agents", headers={"X": "a\nb"}),
        lambda account: account.get("/agents", headers={"X": "\u4f60"}),
        lambda account: account.get("/agents", headers={"X": object()}),
        lambda account: account.get("/agents", timeout="soon"),
        lambda account: account.post("/agents", {"a": object()}),
        lambda account: account.requests(status="abc"),
        lambda account: account.requests(colour="red"),
        lambda account: account.wait_for("agents", count=0),
        lambda account: account.heal("../../accounts"),
        lambda account: account.reset("everything"),
    ],
)
def test_only_errors_of_the_client_come_out(account, call):
    """Whatever is wrong with an argument, the error is a ClientError in one line."""
    with pytest.raises(ClientError) as error:
        call(account)

    assert "\n" not in str(error.value)


def test_a_url_of_another_server_is_no_path(account):
    """The token is for the sandbox alone, so a URL that is not below its own is refused and never asked for."""
    for url in ("http://example.com/agents", "HTTPS://127.0.0.1/agents", "file:///etc/passwd"):
        with pytest.raises(ClientError, match="path must be a path such as /agents, or a URL below http://127"):
            account.get(url)
    assert account.get(account.url + "/agents").status == 200
