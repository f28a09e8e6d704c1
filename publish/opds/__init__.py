"""Catalogues of finished books for reader apps: OPDS 1.2 (Atom) and OPDS 2.0 (JSON).

Pure: `books` says what is listed, `shelves` arranges it in pages that know no format, `atom` and
`webpub` write a page each in theirs. The same books give the same bytes.
"""
