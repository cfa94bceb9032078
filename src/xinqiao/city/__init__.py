"""A synthetic city: departments' files about enterprises that do not exist, for demonstrations and tests.

Every enterprise has a hidden health that drives what its records show, so that a grade can be compared with
the truth. Files look like the ones departments send: their own headings, encodings, title rows, and rows that
are wrong in ways written down beside them.

Invariants: no enterprise can be a real one; an enterprise's data depends on the seed, its index and the last
day of records alone, never on how many there are; the same parameters give the same bytes.
"""

from xinqiao.city.build import build
from xinqiao.city.manifest import Delivery, Manifest, NoCity, load_manifest

__all__ = ["Delivery", "Manifest", "NoCity", "build", "load_manifest"]
