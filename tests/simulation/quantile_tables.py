"""
Builds the quantile tables of the simulation from their formulas, with decimals only.

The simulation draws durations from integer tables that are shipped as data, because the logarithms and exponentials
of floating point differ in the last bit between processors. Run as a program, this module writes that data anew;
the tests rebuild it and compare.

Source:
    A lognormal with mean 1 and coefficient of variation c has sigma**2 = ln(1 + c**2) and mu = -sigma**2 / 2; its
    mean over the part above the quantile z is Phi(sigma - z).
"""

import json
from collections.abc import Iterator
from decimal import Decimal, localcontext
from pathlib import Path

CELLS = 4096
SCALE = 1 << 20
PRECISION = 40
LOGNORMAL_CVS = ("1", "0.7", "0.1", "0.05")
FILE = Path(__file__).parents[2] / "kpn_sandbox" / "simulation" / "quantiles.json"

# Newton's method squares the error each time, so the last step taken at this size leaves far less than one digit.
NEARLY_NOTHING = Decimal(10) ** -25
ROOT_OF_TWO_PI = (2 * Decimal("3.14159265358979323846264338327950288419716939937510582")).sqrt()


def tables() -> dict[str, list[int]]:
    """
    All tables by name.

    Returns:
        For each name 4,097 integers: entry j is 2**20 times the quantile at j / 4096 of the distribution with mean 1.
        The outermost entries are placed so that their cells, interpolated linearly, keep their true mean.
    """
    with localcontext() as context:
        context.prec = PRECISION
        scores = normal_scores()
        built = {"exponential": exponential()}
        for cv in LOGNORMAL_CVS:
            built[f"lognormal_cv_{cv}"] = lognormal(Decimal(cv), scores)
    return built


def exponential() -> list[int]:
    """Table of the exponential distribution."""
    quantiles = [-(1 - Decimal(j) / CELLS).ln() for j in range(CELLS)]
    mean_of_last_cell = quantiles[-1] + 1
    return scaled([*quantiles, outer_entry(mean_of_last_cell, quantiles[-1])])


def lognormal(cv: Decimal, scores: list[Decimal]) -> list[int]:
    """Table of the lognormal distribution with this coefficient of variation."""
    sigma = (1 + cv * cv).ln().sqrt()
    inner = [(sigma * score - sigma * sigma / 2).exp() for score in scores]
    mean_of_first_cell = CELLS * normal_share(scores[0] - sigma)
    mean_of_last_cell = CELLS * normal_share(sigma - scores[-1])
    return scaled([outer_entry(mean_of_first_cell, inner[0]), *inner, outer_entry(mean_of_last_cell, inner[-1])])


def outer_entry(mean_of_cell: Decimal, inner_entry: Decimal) -> Decimal:
    """The outer end of a cell whose middle is its mean."""
    return 2 * mean_of_cell - inner_entry


def scaled(quantiles: list[Decimal]) -> list[int]:
    """The same in whole units of 2**-20."""
    return [int((SCALE * quantile).to_integral_value()) for quantile in quantiles]


def normal_scores() -> list[Decimal]:
    """Quantiles of the normal distribution at 1/4096 ... 4095/4096."""
    upper = list(upper_normal_scores())
    return [-score for score in reversed(upper[1:])] + upper


def upper_normal_scores() -> Iterator[Decimal]:
    """Quantiles of the normal distribution at 2048/4096 ... 4095/4096, each found from the one before."""
    score = Decimal(0)
    for j in range(CELLS // 2, CELLS):
        share = Decimal(j) / CELLS
        step = Decimal(1)
        while abs(step) > NEARLY_NOTHING:
            step = (share - normal_share(score)) / normal_density(score)
            score += step
        yield score


def normal_share(score: Decimal) -> Decimal:
    """
    Share of a normal population below the score.

    Source:
        Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.11.
    """
    term = total = score
    factor = 1
    while abs(term) > NEARLY_NOTHING * NEARLY_NOTHING:
        factor += 2
        term = term * score * score / factor
        total += term
    return Decimal("0.5") + normal_density(score) * total


def normal_density(score: Decimal) -> Decimal:
    """Density of the normal distribution at the score."""
    return (-score * score / 2).exp() / ROOT_OF_TWO_PI


def text(built: dict[str, list[int]]) -> str:
    """The file's text: JSON, one table after the other, sixteen entries a line."""
    return "{\n" + ",\n".join(f'"{name}": [\n{lines(entries)}\n]' for name, entries in built.items()) + "\n}\n"


def lines(entries: list[int]) -> str:
    """The entries of one table, sixteen a line."""
    return ",\n".join(json.dumps(entries[start : start + 16])[1:-1] for start in range(0, len(entries), 16))


if __name__ == "__main__":
    FILE.write_text(text(tables()), encoding="ascii")
