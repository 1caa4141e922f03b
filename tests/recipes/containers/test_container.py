"""
A sandbox in a container for a test session; not run by this project's tests.

It needs testcontainers, a Docker daemon, and the image:

    docker build -t kpn-sandbox -f tests/recipes/containers/Dockerfile .
"""

import pytest
from testcontainers.core.container import DockerContainer
from testcontainers.core.waiting_utils import wait_for_logs

from kpn_sandbox.client import Client

ADMIN_TOKEN = "container-admin"


@pytest.fixture(scope="session")
def sandbox():
    """A client of the sandbox in the container."""
    image = DockerContainer("kpn-sandbox").with_env("KPN_SANDBOX_ADMIN_TOKEN", ADMIN_TOKEN)
    with image.with_exposed_ports(8080) as box:
        wait_for_logs(box, "Ready: ")
        yield Client(f"http://{box.get_container_host_ip()}:{box.get_exposed_port(8080)}", ADMIN_TOKEN)


def test_a_token_is_given(sandbox):
    """An account in the container gets its token."""
    account = sandbox.new_account(scenario="peak")

    assert len(account.token()) == 28
