"""The third floor: plans what to make, makes what is not fresh, and puts it in its place.

`making`, which compiles and binds, is imported only when there is something to make.
"""

from publish.build.ledger import file_digest
from publish.build.plan import Plan, Request, content_root, make, read_archive
from publish.build.run import Result, run

__all__ = [
    "Plan",
    "Request",
    "Result",
    "content_root",
    "file_digest",
    "make",
    "read_archive",
    "run",
]
