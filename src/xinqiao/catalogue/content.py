"""The content of declared data as it is kept, so that what a grade was made of can be found again."""

import hashlib
import json
from typing import Any


def sealed(content: Any) -> tuple[str, str]:
    """JSON content in one canonical spelling, and the SHA-256 of that, hexadecimal: equal for equal content."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return canonical, hashlib.sha256(canonical.encode()).hexdigest()
