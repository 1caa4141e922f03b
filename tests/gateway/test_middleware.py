"""The middleware in front of the application."""


def test_an_empty_path_is_the_root(client):
    """A request without the slash is answered as the root, without a redirect."""
    bare, root = (client.get("/", environ_overrides={"PATH_INFO": path}) for path in ("", "/"))

    assert (bare.status_code, bare.data) == (root.status_code, root.data) and bare.status_code == 200
