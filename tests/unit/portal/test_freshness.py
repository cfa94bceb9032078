"""Where the data of a report come from is told by unit, and what is late or never came is told apart."""

from dataclasses import replace
from typing import Any

from xinqiao.portal.freshness import freshness


def test_every_dataset_came_or_never_came_and_counts_once_with_its_unit(desk: Any) -> None:
    sources = desk.sample.sources
    told = freshness(sources)

    assert {*told.delivered, *told.undelivered} == set(sources)
    assert not {*told.delivered} & {*told.undelivered}
    assert [source for owner in told.owners for source in owner.sources] == sorted(
        told.delivered, key=lambda each: [owner.name for owner in told.owners].index(each.owner)
    )
    assert sum(owner.late for owner in told.owners) == len(told.late)


def test_the_last_delivery_of_a_unit_is_the_newest_of_its_datasets_in_city_time(desk: Any) -> None:
    first = next(each for each in desk.sample.sources if each.delivery_id is not None)
    older = replace(first, dataset="older", last_known_at=first.last_known_at.replace(year=2020), stale=True)
    (owner,) = freshness((older, first)).owners

    assert owner.sources == (older, first)
    assert owner.late == 1 + first.stale
    assert owner.last_known_on == freshness((first,)).owners[0].last_known_on


def test_without_any_source_there_is_nothing_to_tell() -> None:
    assert freshness(()).owners == ()
