"""Small lines through values in order of time, as points of an SVG polyline."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paper:
    """What a small line is drawn on, in pixels; the margin keeps its ends whole."""

    width: float
    height: float
    margin: float

    def stretches(self, values: Sequence[float | None], low: float, high: float) -> Sequence[Sequence[str]]:
        """Points (`x,y`) of values at even steps, `low` at the foot and `high` at the top; a gap begins a new stretch."""
        step = (self.width - 2 * self.margin) / max(len(values) - 1, 1)
        found: list[list[str]] = [[]]
        for place, value in enumerate(values):
            if value is None:
                found.append([])
                continue
            share = (value - low) / ((high - low) or 1.0)
            y = self.height - self.margin - share * (self.height - 2 * self.margin)
            found[-1].append(f"{self.margin + place * step:.1f},{y:.1f}")
        return [points for points in found if points]
