"""Where no model is named, the platform's own grades where it can, and else the one that can."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from xinqiao.kernel.unified_code import build
from xinqiao.rating.choosing import coverable
from xinqiao.rating.queries import own_model
from xinqiao.workspace import Workspace, commands

INVOICES = {"business_registration", "sales_invoice", "purchase_invoice"}
FIRM = build(region="449901", organisation8="MA000001")


@pytest.fixture
def deliver(workspace: Workspace, tmp_path: Path) -> Callable[[str, str], None]:
    def delivering(dataset: str, text: str) -> None:
        path = tmp_path / f"{dataset}.csv"
        path.write_text(text, encoding="utf-8")
        commands.deliver(workspace, dataset=dataset, files=[path], mapping=None, known_at=None)

    return delivering


@pytest.fixture
def invoices(deliver: Callable[[str, str], None]) -> None:
    deliver(
        "business_registration",
        f"unified_code,name,approved_on,established_on\n{FIRM.text},甲公司,2019-03-05,2019-03-05\n",
    )
    for dataset in ("sales_invoice", "purchase_invoice"):
        deliver(
            dataset,
            "taxpayer_code,invoice_number,issued_on,amount_fen,tax_fen,status\n"
            f"{FIRM.text},1,2026-05-05,100000,13000,valid\n",
        )


def test_all_weight_is_coverable_once_everything_is_collected_and_none_before(workspace: Workspace) -> None:
    for versions in workspace.scorecards.versions.values():
        assert coverable(versions[-1], workspace.catalogue, workspace.catalogue.datasets) == 1
        assert coverable(versions[-1], workspace.catalogue, ()) == 0


def test_invoices_and_the_register_suffice_for_the_invoice_model_alone(workspace: Workspace) -> None:
    day = date(2026, 11, 20)
    core, invoice = (workspace.scorecards.model_for(day, name) for name in ("core", "invoice"))

    assert coverable(core, workspace.catalogue, INVOICES) < core.least_coverage
    assert coverable(invoice, workspace.catalogue, INVOICES) >= invoice.least_coverage


@pytest.mark.usefixtures("invoices")
def test_a_city_of_invoices_is_graded_and_read_by_the_invoice_model(workspace: Workspace) -> None:
    evaluation = commands.evaluate(workspace, as_of=workspace.today())
    single = commands.evaluate(workspace, as_of=workspace.today(), subjects=[FIRM.subject])

    assert evaluation.model.startswith("invoice@")
    assert single.model == evaluation.model
    assert [row["model"] for row in commands.list_grades(workspace)] == [evaluation.model]


@pytest.mark.usefixtures("invoices")
def test_the_platforms_own_model_is_read_once_it_has_graded(workspace: Workspace) -> None:
    commands.evaluate(workspace, as_of=workspace.today())
    core = commands.evaluate(workspace, as_of=workspace.today(), model="core")

    assert [row["model"] for row in commands.list_grades(workspace)] == [core.model]
    assert [row["model"][:8] for row in commands.list_grades(workspace, model="invoice")] == ["invoice@"]


@pytest.mark.usefixtures("invoices")
def test_before_anything_was_collected_and_before_any_evaluation_it_is_the_platforms_own(
    workspace: Workspace,
) -> None:
    with workspace.store.transaction() as tx:
        assert own_model(tx) == "core"
        chosen = commands.choose_model(workspace, tx, as_of=date(2020, 1, 1), model=None, city=True)

    assert chosen.model == "core"
