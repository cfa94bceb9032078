"""How departments spell identifiers: full-width characters, blanks of every kind, lower case."""

import unicodedata


def compact(text: str) -> str:
    """An identifier in half-width capitals without blanks, invisible characters or control characters."""
    folded = unicodedata.normalize("NFKC", text).upper()
    # Zs, Zl, Zp are blanks; Cc and Cf hold tabs, line ends, zero-width characters and byte-order marks.
    return "".join(c for c in folded if unicodedata.category(c) not in {"Zs", "Zl", "Zp", "Cc", "Cf"})
