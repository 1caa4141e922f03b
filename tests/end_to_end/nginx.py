"""nginx before several sandboxes, as an operator would have it."""

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection
from urllib.parse import urlsplit

from kpn_sandbox.server.listener import listen
from tests.tools import tool

CONFIGURATION = """
{user}
daemon off;
pid {folder}/nginx.pid;
worker_processes 1;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream sandboxes {{
        {servers}
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://sandboxes;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
        }}
    }}
}}
"""


@contextmanager
def balanced(urls: Sequence[str], folder: Path) -> Iterator[str]:
    """A URL behind which nginx asks these in turn, and leaves out one that does not answer."""
    program = tool("nginx")
    port = _free_port()
    servers = " ".join(f"server {urlsplit(url).netloc} max_fails=1 fail_timeout=60s;" for url in urls)
    user = "user root;" if os.geteuid() == 0 else ""
    file = folder / "nginx.conf"
    file.write_text(CONFIGURATION.format(user=user, folder=folder, servers=servers, port=port), encoding="utf-8")
    log = folder / "nginx.log"
    with subprocess.Popen([program, "-c", str(file), "-p", str(folder), "-e", str(log)]) as process:
        try:
            _wait_for(port, process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _free_port() -> int:
    with listen("127.0.0.1", 0) as listener:
        return int(listener.getsockname()[1])


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    while process.poll() is None:
        try:
            create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.02)
    raise AssertionError(f"nginx did not start: {log.read_text(encoding='utf-8')}")
