"""The hall: every effect comes through here (cache, messages, network, workers, clock)."""

from publish.workshop.shop import Fetched, Fetcher, FetchError, Workshop

__all__ = ["FetchError", "Fetched", "Fetcher", "Workshop"]
