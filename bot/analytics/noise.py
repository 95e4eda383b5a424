"""Noise that hides any one conversation, also from who knows of all the others.

The geometric mechanism (Ghosh, Roughgarden, Sundararajan, "Universally utility-maximizing privacy
mechanisms", SIAM Journal on Computing 41 (2012), 1673-1693) from OpenDP, which samples exactly and
from the system's own randomness. OpenDP is only needed where COMADRE_FIGURES_EPSILON is set. How
much one conversation may be told of in a month is the sum over all tables, which the page says.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec


class NoOpendp(RuntimeError):
    """Noise is asked for, and the package that makes it is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "COMADRE_FIGURES_EPSILON is set, and the package opendp is not installed, which makes "
            "the noise: run `make noise` (for a container, build it with --build-arg NOISE=1), or "
            "leave the setting empty"
        )


class BudgetSpent(RuntimeError):
    """A month's privacy budget would be overspent: nothing is published."""


def sure_of_noise(epsilon: float | None) -> None:
    """At the start: raises NoOpendp, lest months wait unpublished and nobody notices."""
    if epsilon is not None and find_spec("opendp") is None:
        raise NoOpendp


def noised(counts: Sequence[int], cells_each: int, epsilon: float) -> list[int]:
    """The counts with noise; one conversation adds 1 to at most `cells_each` of them.

    All counts together then tell at most `epsilon` about any one conversation.
    """
    try:
        import opendp.prelude as dp
    except ImportError as error:
        raise NoOpendp from error
    dp.enable_features("contrib")
    domain = dp.vector_domain(dp.atom_domain(T=int))
    mechanism = dp.m.make_geometric(domain, dp.l1_distance(T=int), scale=cells_each / epsilon)
    cost = float(mechanism.map(cells_each))  # type: ignore[no-untyped-call]  # OpenDP's own
    if cost > epsilon * 1.000001:
        raise BudgetSpent(f"the noise would cost {cost}, not {epsilon}")
    return [int(value) for value in mechanism(list(counts))]
