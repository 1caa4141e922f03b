"""
The accounts of a pytest session: which test or fixture made each, and which tests use it.

Tests and fixtures of any scope make accounts. Each gets the ini options, a seed that is the same in every run and
order, and is watched by the tests that use it: the one that made it, or all that use the fixture that made it.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, Unpack

import pytest

from kpn_sandbox.client import Account, ClientError, NewAccountSettings
from kpn_sandbox.client.steps import checks_arguments
from kpn_sandbox.testing.account_options import ACCOUNT_OPTIONS, account_options, check_names, combined, ini_options
from kpn_sandbox.testing.sandbox import RunningSandbox

_OF_ONE = ("client_id", "client_secret")
"""Options of markers that only one account can have."""


@dataclass(eq=False)
class AccountOwner:
    """
    A test, or one set-up of a fixture that several tests share, which makes accounts.

    Args:
        node: The test, or the class, module, package or session that the fixture is set up for.
        fixture: The fixture's name, empty for a test.
        setup: The request of the fixture; another set-up has another one.
        numbered: How many accounts have got a seed with a number.
    """

    node: Any
    fixture: str = ""
    setup: Any = None
    numbered: int = 0

    def seed(self, base: str) -> str:
        """Return the seed of the next account: a running number, which for a fixture begins with its name."""
        self.numbered += 1
        # A test's first account is `kpn_account`, which has the base itself.
        number = self.numbered + (0 if self.fixture else 1)
        parts = (base, self.fixture, str(number) if number > 1 else "")
        return "-".join(filter(None, parts))


class WatchedSandbox(RunningSandbox):
    """
    A sandbox that knows which test or fixture made an account.

    Args:
        sandbox: The running one.
        config: The configuration with the ini options.
        setups: The requests of the fixtures that are being set up, the innermost one last.
        current: A list whose last entry is the test that runs.
    """

    def __init__(self, sandbox: RunningSandbox, config: pytest.Config, setups: list[Any], current: list[Any]) -> None:
        super().__init__(sandbox.url, sandbox.admin_token, sandbox.expires_in_seconds)
        self._config, self._setups, self._current = config, setups, current
        self._owners: dict[tuple[Any, str], AccountOwner] = {}
        self._made_by: list[tuple[Account, AccountOwner]] = []

    @checks_arguments
    def new_account(self, **settings: Unpack[NewAccountSettings]) -> Account:
        """Create an account with the ini options and the settings; a setting that is None the sandbox chooses."""
        return self._make(ini_options(self._config), settings)

    @checks_arguments
    def further_account(self, **settings: Unpack[NewAccountSettings]) -> Account:
        """
        Create an account with the ini options, the markers of the test or of the fixture's scope, and the settings.

        Raises:
            OptionError: An option cannot be used.
        """
        check_names(settings, (*ACCOUNT_OPTIONS, "expires_in_seconds"))
        markers = self._owner().node.iter_markers("kpn_sandbox")
        options = account_options(self._config, {}, markers)
        return self._make({name: value for name, value in options.items() if name not in _OF_ONE}, settings)

    def _make(self, defaults: Mapping[str, Any], settings: Mapping[str, Any]) -> Account:
        owner = self._owner()
        options: Any = combined(defaults, settings)
        if "seed" in defaults and "seed" not in settings:
            options["seed"] = owner.seed(str(defaults["seed"]))
        account = super().new_account(**options)
        self._made_by.append((account, owner))
        return account

    def drop(self, account: Account) -> None:
        """Delete an account with all of its state; one that is deleted already is no error."""
        self._made_by = [each for each in self._made_by if each[0] is not account]
        super().drop(account)

    def close(self) -> None:
        """Delete the accounts in a sandbox that others use, too; another one ends with all of its accounts."""
        if self.expires_in_seconds is not None:
            self.drop_all()

    def unassigned_requests(self, begun: float) -> list[Mapping[str, Any]]:
        """Return the requests that belong to no account since some epoch second, without those of others."""
        if self.expires_in_seconds is not None:
            return []
        with suppress(ClientError):
            sent = (each for each in self._client.all_requests() if each["client_id"] is None)
            return [each for each in sent if datetime.fromisoformat(each["received_at"]).timestamp() >= begun]
        return []

    def _owner(self) -> AccountOwner:
        setup = self._setups[-1] if self._setups else None
        if setup is None or setup.scope == "function":
            node, fixture, setup = (setup.node if setup else self._current[-1]), "", None
        else:
            node, fixture = setup.node, setup.fixturename
        owner = self._owners.get((node, fixture))
        if owner is None or owner.setup is not setup:
            # A fixture that is set up again, as for another parameter, begins anew.
            owner = self._owners[node, fixture] = AccountOwner(node, fixture, setup)
        return owner

    def watched_by(self, item: pytest.Item) -> list[Account]:
        """Return the accounts that a test uses: those that it made, and then those of fixtures that it asked for."""
        # Only the request knows the fixtures that a test asked for while it ran.
        names = {*getattr(item, "fixturenames", ()), *getattr(getattr(item, "_request", None), "fixturenames", ())}
        chain = item.listchain()
        used = [
            (bool(owner.fixture), account)
            for account, owner in self._made_by
            if self._owners.get((owner.node, owner.fixture)) is owner
            and owner.node in chain
            and (not owner.fixture or owner.fixture in names)
        ]
        return [account for _, account in sorted(used, key=itemgetter(0))]
