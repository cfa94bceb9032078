"""What would raise the grade, put in words for the report."""

from collections.abc import Mapping

from xinqiao.indicators import Catalogue, Text
from xinqiao.products.model import advice as model
from xinqiao.rating import Scorecard
from xinqiao.rating.missing import Missing
from xinqiao.rating.raising import OBSTACLES, Binding, Way, raising
from xinqiao.rating.steps import Step
from xinqiao.rating.wording import towards

NOTICE = Text(
    "按评价日的记录和现行评分规则测算，只列企业自身可以改变的事项，得分按其余指标不变计算，时间按最长所需计算；"
    "届时其他指标也可能变化，不构成对等级的承诺。",
    "Reckoned from the records of the day and today's rules, and only of what a firm can change itself: scores with all"
    " else unchanged, times as the longest it takes. Other indicators may move meanwhile, so that it is no promise of a"
    " grade.",
)


def told_raising(
    scorecard: Scorecard, catalogue: Catalogue, values: Mapping[str, float | None]
) -> model.Raising:
    """What would raise the grade that these values give, in words."""
    found = raising(scorecard, catalogue, values)
    obstacle = OBSTACLES[found.obstacle] if found.obstacle else None
    return model.Raising(
        goal=found.goal,
        obstacle=found.obstacle,
        obstacle_zh=obstacle.zh if obstacle else None,
        obstacle_en=obstacle.en if obstacle else None,
        first=tuple(_binding(each, catalogue) for each in found.bindings),
        way=_way(found.way, catalogue) if found.way else None,
        singles=tuple(_way(each, catalogue) for each in found.singles),
        idle_zh=found.idle.zh if found.idle else None,
        idle_en=found.idle.en if found.idle else None,
        lacking=tuple(_lacking(each, catalogue) for each in found.missing),
        enough=found.enough,
        notice_zh=NOTICE.zh,
        notice_en=NOTICE.en,
    )


def _binding(each: Binding, catalogue: Catalogue) -> model.Binding:
    return model.Binding(
        code=each.code,
        zh=each.text.zh,
        en=each.text.en,
        step=_step(each.step, catalogue) if each.step else None,
        why_not_zh=each.why_not.zh if each.why_not else None,
        why_not_en=each.why_not.en if each.why_not else None,
    )


def _way(way: Way, catalogue: Catalogue) -> model.Way:
    lifted = [catalogue.indicators[code].label for code in way.lifts]
    return model.Way(
        steps=tuple(_step(each, catalogue) for each in way.steps),
        score=way.score,
        grade=way.grade,
        months=way.months,
        effort=way.effort,
        lifts=way.lifts,
        lifts_zh=tuple(label.zh for label in lifted),
        lifts_en=tuple(label.en for label in lifted),
    )


def _step(step: Step, catalogue: Catalogue) -> model.Step:
    declared = catalogue.indicators[step.indicator]
    goal = towards(declared, step.value, step.threshold, rises=step.test == "at_least")
    return model.Step(
        indicator=step.indicator,
        label_zh=declared.label.zh,
        label_en=declared.label.en,
        value=step.value,
        test=step.test,
        threshold=step.threshold,
        goal_zh=goal.zh,
        goal_en=goal.en,
        advice_zh=step.advice.zh if step.advice else None,
        advice_en=step.advice.en if step.advice else None,
        points=step.points,
        points_then=step.points_then,
        months=step.months,
        effort=step.effort,
        clears=step.clears,
    )


def _lacking(each: Missing, catalogue: Catalogue) -> model.Lacking:
    labels = [catalogue.indicators[code].label for code in each.indicators]
    return model.Lacking(
        owner=each.owner,
        weight=each.weight,
        indicators=each.indicators,
        labels_zh=tuple(label.zh for label in labels),
        labels_en=tuple(label.en for label in labels),
        datasets=each.datasets,
    )
