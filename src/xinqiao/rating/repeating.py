"""Whether a firm's grade was published before from exactly what a new one would be made of.

Then there is nothing to compute and nothing to write: the earlier evaluation is given back, as it is for the whole
city. Only the grade that counts for the day is looked at. One that another has taken the place of since, as after a
regime that was approved and withdrawn, is given anew, so that it counts again.
"""

from dataclasses import replace

from xinqiao.rating import preparing, queries, records
from xinqiao.rating.calculation import Work
from xinqiao.rating.evaluation import Evaluation
from xinqiao.rating.preparing import Declared
from xinqiao.store import Transaction


def already(tx: Transaction, work: Work, declared: Declared, subject: int) -> Evaluation | None:
    """The evaluation that holds the firm's grade of the day, if it was made of the same; None to evaluate anew."""
    # Versions only grow. Where a table has a new one since the day's last evaluation, which is the usual reason to
    # ask, none of the earlier evaluations needs to be looked at.
    if records.last_versions(tx, as_of=work.as_of, model=work.scorecard.model) != work.versions:
        return None
    held = queries.history(
        tx, session=work.session, lake=work.lake, subjects=[subject], model=work.scorecard.model
    )
    counts = next((each for each in held.get(subject, ()) if each.as_of == work.as_of), None)
    if counts is None:
        return None
    evaluation = records.find(tx, counts.evaluation)
    if evaluation is None or not _same(work, declared, evaluation):
        # The city's newest may hold it too, carried forward.
        evaluation = preparing.same(tx, work, declared, versions=work.versions)
        if evaluation is None or counts.evaluation not in records.chain(tx, evaluation.evaluation_id):
            return None
    return replace(evaluation, repeated=True) if _same(work, declared, evaluation) else None


def _same(work: Work, declared: Declared, evaluation: Evaluation) -> bool:
    return evaluation.versions == work.versions and preparing.alike(work, declared, evaluation)
