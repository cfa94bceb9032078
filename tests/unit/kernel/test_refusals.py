"""What the product says when something goes wrong, and who did it."""

import pickle

import pytest

from xinqiao.kernel.actor import Actor
from xinqiao.kernel.refusals import Fault, NotFound, ProductError, Refusal, Transient


class TooEarly(Refusal):
    code = "too_early"

    def __init__(self, day: str) -> None:
        super().__init__(f"{day}的数据尚未到齐", where="tax.csv 第 3 行", remedy="请于次日再试。")


def test_a_failure_says_where_what_and_what_to_do() -> None:
    error = TooEarly("6月30日")

    assert str(error) == "tax.csv 第 3 行：6月30日的数据尚未到齐。请于次日再试。"
    assert (error.code, error.where) == ("too_early", "tax.csv 第 3 行")


def test_a_plain_message_stands_alone() -> None:
    assert str(NotFound("没有这家企业")) == "没有这家企业"
    assert str(Transient("磁盘空间不足。", remedy="清理磁盘后重试。")) == "磁盘空间不足。清理磁盘后重试。"


def test_the_four_kinds_are_told_apart() -> None:
    kinds: list[type[ProductError]] = [Refusal, NotFound, Fault, Transient]

    assert [kind.code for kind in kinds] == ["refused", "not_found", "fault", "transient"]
    for kind in kinds:
        assert [other for other in kinds if issubclass(kind, other)] == [kind]


def test_a_failure_survives_the_way_between_processes() -> None:
    error = pickle.loads(pickle.dumps(TooEarly("6月30日")))  # noqa: S301  our own bytes

    assert isinstance(error, TooEarly)
    assert str(error) == str(TooEarly("6月30日"))


def test_an_actor_has_a_name() -> None:
    assert str(Actor(kind="person", name="li.na")) == "person:li.na"
    with pytest.raises(ValueError, match="needs a name"):
        Actor(kind="system", name=" ")
