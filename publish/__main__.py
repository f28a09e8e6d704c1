"""The program: ``publish``, or ``python -m publish``."""

from __future__ import annotations

import gc
import sys

YOUNG = 50_000  # objects made between two looks of the collector


def main() -> None:
    """Run the command line and exit with its status."""
    gc.set_threshold(YOUNG, 20, 50)  # a book is many objects that stay: looks cost a tenth

    from publish.cli import main as run

    sys.exit(run())


if __name__ == "__main__":
    main()
