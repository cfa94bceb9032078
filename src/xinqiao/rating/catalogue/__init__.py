"""Declared scorecards: `<model>/<version>.yaml`, dated, approved, never edited once in force."""

from xinqiao.rating.catalogue.loader import SHIPPED, Scorecards, from_content, load_scorecards

__all__ = ["SHIPPED", "Scorecards", "from_content", "load_scorecards"]
