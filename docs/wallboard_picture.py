"""
Takes the picture of the wallboard that README shows: `docs/wallboard.png`.

It starts a sandbox on a free port whose center stands still on a peak Monday, and opens its wallboard in Chromium.

    python docs/wallboard_picture.py
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

PICTURE = Path(__file__).with_name("wallboard.png")
AT, AGENTS, SIZE = "2026-11-23T11:20:00+01:00", "24", "1400,800"
MOST_BYTES = 200_000
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    # README shows the picture smaller still.
    "--force-device-scale-factor=0.85",
)
SANDBOX = ("exec", "--scenario", "peak", "--clock", AT, "--agents", AGENTS, "--")


def main() -> None:
    """Take the picture; end with a message when it is larger than README should load."""
    if len(sys.argv) > 1:
        _take(sys.argv[1])
        return
    subprocess.run([sys.executable, "-m", "kpn_sandbox", *SANDBOX, sys.executable, __file__, str(PICTURE)], check=True)
    size = PICTURE.stat().st_size
    print(f"{PICTURE}: {size:,} bytes")
    if size > MOST_BYTES:
        sys.exit(f"larger than {MOST_BYTES:,} bytes: show fewer agents")


def _take(picture: str) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or sys.exit("chromium is not installed")
    with TemporaryDirectory() as folder:
        options = (f"--user-data-dir={folder}", f"--window-size={SIZE}", "--virtual-time-budget=5000")
        url = f"{os.environ['KPN_SANDBOX_URL']}/wallboard"
        subprocess.run([chromium, *FLAGS, *options, f"--screenshot={picture}", url], check=True, timeout=60)


if __name__ == "__main__":
    main()
