"""Settings of figures and of the network they come over: plain values, nothing of the file."""

from __future__ import annotations

from dataclasses import dataclass

USER_AGENT = "Mozilla/5.0 (compatible; publish)"


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """How addresses are fetched.

    No Referer is sent: hosts that guard against hot links answer a foreign one with a placeholder
    (mmbiz.qpic.cn) or 403. ``referers`` names the hosts that want one.
    """

    mirrors: tuple[tuple[str, str], ...] = ()  # URL prefix -> address to fetch instead, trusted
    timeout: float = 20.0  # seconds without a byte
    total: float = 60.0  # seconds for one request, however it drips
    retries: int = 3  # after the first try
    backoff: float = 0.5  # seconds before the first retry; each later one waits twice as long
    max_pause: float = 10.0  # seconds, of a Retry-After too
    per_host: int = 6  # requests at once
    max_bytes: int = 20_000_000  # of a body, compressed or not
    max_redirects: int = 5
    user_agent: str = USER_AGENT
    referers: tuple[tuple[str, str], ...] = (("sinaimg.cn", "https://weibo.com/"),)


@dataclass(frozen=True, slots=True)
class FigureSettings:
    """Where figures come from and what becomes of them."""

    missing: str = "placeholder"  # or "error"
    mirrors: tuple[tuple[str, str], ...] = ()
    base_url: str = ""  # of the site itself: addresses below it are looked for among its files
    jobs: int = 8  # threads that fetch and convert
    per_host: int = 6
    timeout: float = 20.0  # seconds without a byte; a whole request may take three times as long
    retries: int = 3
    max_bytes: int = 20_000_000
    max_redirects: int = 5
    max_source_pixels: int = 60_000_000  # refused above, before decoding
    max_pixels: int = 3_200_000  # made smaller above (Kindle Publishing Guidelines; Kobo)
    max_side: int = 2000  # pixels, the width; a tall picture may be four times as high
    jpeg_quality: int = 82
    refresh: bool = False  # fetch even what is in the cache

    def network(self) -> NetworkSettings:
        """Return the part that concerns the network."""
        return NetworkSettings(
            mirrors=self.mirrors,
            timeout=self.timeout,
            total=3 * self.timeout,
            retries=self.retries,
            per_host=self.per_host,
            max_bytes=self.max_bytes,
            max_redirects=self.max_redirects,
        )
