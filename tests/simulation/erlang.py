"""
The Erlang formulas, to check the simulation against theory.

All three describe calls that arrive at random and last exponentially long. In Erlang B a call that finds every agent
busy is lost, in Erlang C it waits as long as it takes, in Erlang A it waits as long as the caller's patience, which is
exponential too. Times may be in any unit as long as it is the same throughout.

Source:
    For Erlang A: Mandelbaum and Zeltyn, The Palm/Erlang-A queue, with applications to call centers (2005).
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, expm1

# Beyond this share of the largest weight nothing is added to a sum of doubles.
NEGLIGIBLE = 1e-17
STEPS = 4000


@dataclass(frozen=True)
class Performance:
    """
    What callers meet in the long run.

    Attributes:
        waiting_share: Share of calls that do not find a free agent at once.
        mean_wait: Mean time in the queue over all calls, abandoned ones included.
        abandoned_share: Share of calls that give up.
    """

    waiting_share: float
    mean_wait: float
    abandoned_share: float


def blocked_share(servers: int, load: float) -> float:
    """
    Share of calls lost when none can wait: Erlang B.

    Args:
        servers: Agents or ports.
        load: Arrival rate times mean duration, in Erlang.
    """
    share = 1.0
    for busy in range(1, servers + 1):
        share = load * share / (busy + load * share)
    return share


def endless_patience(servers: int, load: float, mean_service: float) -> Performance:
    """Waiting when nobody gives up: Erlang C; the load must be less than the servers."""
    blocked = blocked_share(servers, load)
    waiting_share = blocked / (1 - load / servers * (1 - blocked))
    return Performance(waiting_share, waiting_share * mean_service / (servers - load), 0.0)


def answered_in_time_with_endless_patience(servers: int, load: float, mean_service: float, threshold: float) -> float:
    """Share of calls that wait no longer than the threshold when nobody gives up: Erlang C."""
    waiting_share = endless_patience(servers, load, mean_service).waiting_share
    return 1 - waiting_share * exp(-(servers - load) * threshold / mean_service)


def limited_patience(servers: int, load: float, mean_service: float, mean_patience: float) -> Performance:
    """Waiting when callers give up after an exponential time: Erlang A."""
    queue = queue_weights(servers, load, mean_service, mean_patience)
    whole = sum(queue) + weight_of_idleness(servers, load)
    mean_queue = sum(waiting * weight for waiting, weight in enumerate(queue)) / whole
    mean_wait = mean_queue * mean_service / load
    return Performance(sum(queue) / whole, mean_wait, mean_wait / mean_patience)


def answered_in_time(servers: int, load: float, mean_service: float, mean_patience: float, threshold: float) -> float:
    """Share of calls answered within the threshold when callers give up after an exponential time: Erlang A."""
    queue = queue_weights(servers, load, mean_service, mean_patience)
    whole = sum(queue) + weight_of_idleness(servers, load)
    density = answering_density(servers, load, mean_service, mean_patience)
    return 1 - sum(queue) / whole + integral(density, threshold) / whole


def answering_density(servers: int, load: float, mean_service: float, mean_patience: float) -> Callable[[float], float]:
    """
    Density of the waits that end with an answer, relative to the weight 1 of "all busy, nobody waits".

    A call that finds n others waiting is answered after n + 1 departures, which come at the rates s mu + n theta down
    to s mu, if its caller lasts that long. Its density times the weight of that state, summed over all n, leaves
    s mu exp(-(s mu + theta) t + lambda (1 - exp(-theta t)) / theta).
    """
    service_rate = servers / mean_service
    arrivals_while_patient = load / mean_service * mean_patience

    def density(wait: float) -> float:
        gone = -expm1(-wait / mean_patience)
        return service_rate * exp(-(service_rate + 1 / mean_patience) * wait + arrivals_while_patient * gone)

    return density


def queue_weights(servers: int, load: float, mean_service: float, mean_patience: float) -> list[float]:
    """Weights of the states with all servers busy and 0, 1, 2 ... calls waiting, the first being 1."""
    weights = [1.0]
    while weights[-1] > NEGLIGIBLE * max(weights):
        departure_rate = servers / mean_service + len(weights) / mean_patience
        weights.append(weights[-1] * load / mean_service / departure_rate)
    return weights


def weight_of_idleness(servers: int, load: float) -> float:
    """Weight of all states with an idle server, on the same scale."""
    return 1 / blocked_share(servers, load) - 1


def integral(function: Callable[[float], float], end: float) -> float:
    """Integral from 0 to the end by Simpson's rule."""
    step = end / STEPS
    inner = sum((4 if place % 2 else 2) * function(place * step) for place in range(1, STEPS))
    return step / 3 * (function(0.0) + inner + function(end))
