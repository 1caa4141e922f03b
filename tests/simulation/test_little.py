"""Little's law: what callers waited in all is the number of those waiting, added up over the day."""

from datetime import UTC, datetime

import pytest

from kpn_sandbox.caching import SingleFlightCache
from kpn_sandbox.simulation.calendar import day_of
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.day_trace import FLOWED_OUT
from kpn_sandbox.simulation.profile import ALWAYS, Epoch, Profile
from kpn_sandbox.simulation.scenarios import scenario

MIDNIGHT = datetime(2026, 11, 22, 23, tzinfo=UTC).timestamp()
STEP = 5


@pytest.mark.parametrize("name", ["normal", pytest.param("understaffed", marks=pytest.mark.slow)])
def test_waiting_callers_add_up_to_time_waited(name):
    """The integral of InQueue is Answertime plus Abandontime plus the waits of calls that flowed out."""
    center = Center("little", (Epoch(ALWAYS, scenario(name).over(Profile(agents=40))),), SingleFlightCache())
    calls = center.day_index(day_of(MIDNIGHT)).trace.calls
    sent_away = int((calls.end - calls.arrival)[calls.outcome == FLOWED_OUT].sum()) // 1000

    waiting = sum(queue.waiting for at in range(0, 86_400, STEP) for queue in center.queues(MIDNIGHT + at)) * STEP

    waited = sum(queue.answer_seconds + queue.abandon_seconds for queue in center.queues(MIDNIGHT + 86_399))
    assert waiting == pytest.approx(waited + sent_away, rel=0.01)
