"""The third floor: plans what to make, makes what is not fresh, and puts it in its place."""

from publish.build.plan import Plan, Request, content_root, make, read_archive
from publish.build.run import Result, editions, gather, run

__all__ = [
    "Plan",
    "Request",
    "Result",
    "content_root",
    "editions",
    "gather",
    "make",
    "read_archive",
    "run",
]
