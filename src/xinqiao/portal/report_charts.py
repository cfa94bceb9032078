"""Data of the charts of a report; what a chart shows stands in a table beside it too."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from xinqiao.kernel.money import FEN_PER_WAN, FEN_PER_YUAN
from xinqiao.portal.sparks import Paper
from xinqiao.products.model import GroupScore, Related, Report, Section
from xinqiao.web.languages import Language
from xinqiao.web.messages import message

_THOUSAND_YUAN = 1000 * FEN_PER_YUAN
_PLACES = 1000
# A wider slice would lead around the enterprise to its other side.
_WIDEST = 1.2 * math.pi
_PAPER = Paper(160.0, 28.0, 3.0)


def groups_chart(groups: Sequence[GroupScore], language: Language) -> Mapping[str, Any]:
    """The radar of the groups; a group of which nothing is known is a gap."""
    return {
        "kind": "groups",
        "rows": None,
        "labels": [each.zh if language == "zh" else each.en for each in groups],
        "values": [each.points for each in groups],
        "max": 100,
        "unit": message(language, "report.points"),
        "unknown": message(language, "format.unknown"),
    }


def history_chart(report: Report, language: Language) -> Mapping[str, Any]:
    """Past grades."""
    past = report.history
    return {
        "kind": "history",
        "rows": None,
        "days": [each.as_of.isoformat() for each in past],
        "scores": [each.score for each in past],
        "grades": [each.grade for each in past],
        "held": [
            "" if each.ungated == each.grade else message(language, "report.held", grade=each.ungated)
            for each in past
        ],
        "max": report.rating.score_max,
        "unit": message(language, "column.score"),
        "unknown": message(language, "format.unknown"),
    }


def monthly_chart(section: Section, language: Language) -> Mapping[str, Any]:
    """A section's months beside those of a year before."""
    return {
        "kind": "monthly",
        "rows": None,
        "months": [f"{each.month:%Y-%m}" for each in section.monthly],
        "amounts": [each.amount_fen for each in section.monthly],
        "previous": [each.previous_amount_fen for each in section.monthly],
        "names": [message(language, f"report.{name}") for name in ("this_year", "last_year")],
        "unit": message(language, "report.chart_unit"),
        "divisor": FEN_PER_WAN if language == "zh" else _THOUSAND_YUAN,
        "unknown": message(language, "format.unknown"),
    }


def related_chart(related: Related, language: Language) -> Mapping[str, Any]:
    """Parties on two rings around the enterprise, each beside the one it came in by; always at the same place."""
    spots = _rings(related)
    return {
        "kind": "related",
        "rows": None,
        "comma": "、" if language == "zh" else ", ",
        "nodes": [
            {
                "id": each.id,
                "name": each.name,
                "kind": each.kind,
                "hops": each.hops,
                "grade": each.grade,
                "x": spots[each.id][0],
                "y": spots[each.id][1],
            }
            for each in related.parties
        ],
        "links": [
            {
                "source": each.source,
                "target": each.target,
                "kind": each.kind,
                "label": each.zh if language == "zh" else each.en,
                "ratio": each.ratio,
            }
            for each in related.links
        ],
        "names": {
            name: message(language, f"related.{name}") for name in ("self", "enterprise", "person", "other")
        },
    }


def _rings(related: Related) -> dict[str, tuple[int, int]]:
    """Places in thousandths: each party one link away has a slice of the circle, with those behind it at its rim."""
    beside: dict[str, list[str]] = {each.id: [] for each in related.parties}
    for link in related.links:
        beside[link.source].append(link.target)
        beside[link.target].append(link.source)
    behind: dict[str, list[str]] = {each.id: [] for each in related.parties if each.hops == 1}
    strays: list[str] = []
    for each in sorted(related.parties, key=lambda party: party.id):
        if each.hops > 1:
            # Beside the one with fewest so far, so that no slice is crowded without need.
            near = [other for other in dict.fromkeys(beside[each.id]) if other in behind]
            (behind[min(near, key=lambda other: len(behind[other]))] if near else strays).append(each.id)
    spots = {each.id: (0, 0) for each in related.parties}
    slices = [([first], held) for first, held in behind.items()]
    slices += [([], [stray]) for stray in strays]
    total = sum(max(len(held), 1) for _, held in slices)
    inner = 0.5 if any(held for _, held in slices) else 0.8
    # The first stands to the right, so that with one or two parties what the lines say is level.
    start = -math.pi * max(len(slices[0][1]), 1) / total if slices else 0.0
    for first, held in slices:
        whole = 2 * math.pi * max(len(held), 1) / total
        middle, width = start + whole / 2, min(whole, _WIDEST)
        start += whole
        for party in first:
            spots[party] = _spot(inner, middle)
        for place, party in enumerate(held):
            spots[party] = _spot(1.0, middle + width * ((place + 0.5) / len(held) - 0.5))
    return spots


def _spot(radius: float, angle: float) -> tuple[int, int]:
    return round(radius * math.cos(angle) * _PLACES), round(radius * math.sin(angle) * _PLACES)


def spark(values: Sequence[float | None]) -> tuple[str, ...]:
    """Points of small lines through values by month from zero up, one for each unbroken stretch."""
    known = [value for value in values if value is not None]
    found = _PAPER.stretches(values, min(0.0, *known), max(0.0, *known)) if known else ()
    # A month alone between unknown ones is a dot: a line of no length with round ends.
    return tuple(" ".join(points if len(points) > 1 else [*points, *points]) for points in found)
