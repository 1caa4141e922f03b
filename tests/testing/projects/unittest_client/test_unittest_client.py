"""Tests without pytest: a sandbox for each class, and an account for each test."""

import unittest
from typing import ClassVar

from kpn_sandbox.client import NotAsExpected
from kpn_sandbox.testing import Account, RunningSandbox, running


class CenterTest(unittest.TestCase):
    sandbox: ClassVar[RunningSandbox]
    account: Account

    @classmethod
    def setUpClass(cls) -> None:
        cls.sandbox = cls.enterClassContext(running())

    def setUp(self) -> None:
        self.account = self.enterContext(self.sandbox.new_account(agents=6, at="2026-11-23T10:00:00+01:00"))

    def test_the_agents(self) -> None:
        self.assertEqual(len(self.account.get("/agents").json()["DataSet"]["agents"]), 6)

    def test_a_fault(self) -> None:
        self.account.fail("agents", 503, "ok")

        self.assertEqual([self.account.get("/agents").status for _ in range(2)], [503, 200])
        self.account.assert_faults_used()

    def test_a_fault_that_is_left(self) -> None:
        self.account.fail("agents", 503)

        with self.assertRaises(NotAsExpected):
            self.account.assert_faults_used()


if __name__ == "__main__":
    unittest.main()
