"""`python -m kpn_sandbox` is the same as `kpn-sandbox`."""

from kpn_sandbox.cli import main

if __name__ == "__main__":
    main()
