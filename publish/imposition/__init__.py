"""Bound pages go on sheets that are folded into sections: two pages a side, as binders fold.

- `sections` says which page stands on which half of which side of which sheet.
- `places` says where on the sheet: lengths, matrices and clips.
- `marks` draws what the binder cuts, folds and collates by.
- `sheets` is the only one that knows PDF: it reads the pages and writes the sheets.

The first two compute with plain values alone.
"""

from publish.imposition.places import Wish, sheet_size
from publish.imposition.sections import chosen, signature_of
from publish.imposition.sheets import Imposed, impose

__all__ = ["Imposed", "Wish", "chosen", "impose", "sheet_size", "signature_of"]
