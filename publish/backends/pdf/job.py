"""A book under way: where it is set, what is asked of workers, and what was reported of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from publish.backends.pdf import compose, front, galley
from publish.backends.pdf.compose import Floor, Order
from publish.backends.pdf.galley import Slip
from publish.cache import Cache
from publish.diagnostics import Diagnostic
from publish.model import Edition
from publish.workshop import Workshop

LONG = 500  # lines of contents for which a worker's memory is wanted
FEW = 2  # pieces for which starting workers costs more than it saves


class Job:
    """A book under way."""

    def __init__(self, edition: Edition, floor: Floor, shop: Workshop) -> None:
        self.edition = edition
        self.listed = front.listed(edition)
        self.floor = floor
        self.shop = shop
        self._reported: set[Diagnostic] = set()

    @property
    def store(self) -> Cache:
        """The cache."""
        return self.shop.cache

    def report(self, findings: Iterable[Diagnostic], shown: str) -> None:
        """Report what was found while a galley was set; what all galleys tell, once."""
        for finding in galley.placed(findings, shown):
            if finding not in self._reported:
                self._reported.add(finding)
                self.shop.report(finding)

    def do(self, stage: str, orders: Sequence[Order]) -> None:
        """Have orders done by workers, or here if they are few."""
        for _ in self.shop.spread(stage, compose.do, orders, small=len(orders) <= FEW):
            pass

    def late(self, order: front.Order) -> Slip:
        """Return pages that are known last; a worker sets them if they are many."""
        if not self.store.has(galley.STAGE, order.key):
            small = order.weight < LONG
            if not small:
                self.shop.rest()  # contents of thousands of lines want the memory workers hold
            for _ in self.shop.spread("front", front.do, [order], small=small):
                pass
        made = galley.slip(self.store, order.key)
        self.report(made.findings, self.edition.name)
        return made
