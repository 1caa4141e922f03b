"""What is put right before anything looks at a request."""


def test_an_empty_path_is_the_root(client):
    """Nobody is sent elsewhere for leaving out the slash."""
    bare, root = (client.get("/", environ_overrides={"PATH_INFO": path}) for path in ("", "/"))

    assert (bare.status_code, bare.data) == (root.status_code, root.data) and bare.status_code == 200
