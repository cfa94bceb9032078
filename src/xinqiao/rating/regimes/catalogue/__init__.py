"""Declared weight regimes: two samples, the limits every regime keeps, and the strict reader."""

from xinqiao.rating.regimes.catalogue.loader import SHIPPED, from_content, read_regime, samples

__all__ = ["SHIPPED", "from_content", "read_regime", "samples"]
