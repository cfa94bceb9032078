"""Who comes before courts and lenders: those that go down, and seldom the sound."""

from xinqiao.engine import Session

# Standing on the last day: open and not in default; `fails` within the year after.
STANDING = (
    "(SELECT *, default_m IS NOT NULL AND default_m < months_in_all() + 12 AS fails FROM firms"
    " WHERE closed_on IS NULL AND coalesce(default_m, 99) >= months_in_all())"
)


def shares(economy: Session, marked: str) -> tuple[float, float]:
    """Share of the standing with an index among `marked`: of the sounder half that stays, and of those that fail."""
    told = dict(
        economy.rows(
            f"SELECT fails, avg((idx IN ({marked}))::INT) FROM {STANDING} f"
            " WHERE profile = 'full' AND (fails OR r > 0) GROUP BY fails"
        )
    )
    return told[False], told[True]


def test_what_the_sound_owe_under_enforcement_is_paid_and_the_failing_cannot(economy: Session) -> None:
    sound, failing = shares(
        economy,
        "SELECT idx FROM cases WHERE enforced_on <= last_day()"
        " AND (settles_after IS NULL OR enforced_on + settles_after::INTEGER > last_day())",
    )

    assert sound < 0.01
    assert failing > 0.08


def test_the_failing_are_sued_and_the_sound_seldom(economy: Session) -> None:
    sound, failing = shares(
        economy, "SELECT idx FROM cases WHERE role = 'defendant' AND happened_on > last_day() - 730"
    )

    assert sound < 0.06
    assert failing > 3 * sound


def test_the_sound_sue_as_well_as_others(economy: Session) -> None:
    sound, _ = shares(economy, "SELECT idx FROM cases WHERE role = 'plaintiff'")

    assert sound > 0.08


def test_nothing_is_paid_after_a_failure_that_lasts(economy: Session) -> None:
    assert (
        economy.scalar(
            "SELECT count(*) FROM cases WHERE default_m IS NOT NULL AND NOT recovers AND enforced_on IS NOT NULL"
            " AND month_of(enforced_on + settles_after::INTEGER) >= default_m"
        )
        == 0
    )


def test_banks_lend_to_the_sound_what_their_sales_carry(economy: Session) -> None:
    borrowing = dict(
        economy.rows(
            "SELECT r > 0, avg(borrows::INT) FROM firms WHERE profile = 'full' AND NOT is_individual GROUP BY 1"
        )
    )
    burden = economy.scalar(
        "SELECT median(fen / 100.0 / (12 * monthly_sales)) FROM loans JOIN firms USING (idx)"
        " WHERE kind = 'bank' AND lane = 0 AND r > 0 AND NOT is_individual"
    )

    assert borrowing[True] > borrowing[False]
    assert 0.05 < burden < 0.2


def test_who_goes_down_borrows_from_local_lenders_at_the_last(economy: Session) -> None:
    sound, failing = shares(
        economy,
        "SELECT idx FROM loans WHERE kind <> 'bank' AND granted_m + term > months_in_all() - 12",
    )

    assert sound < 0.08
    assert failing > 2 * sound


def test_small_companies_pay_a_little_tax_too(economy: Session) -> None:
    taxed = economy.scalar(
        "SELECT avg((idx IN (SELECT idx FROM taxes))::INT) FROM firms"
        " WHERE NOT is_individual AND profile = 'full' AND born_m < 0 AND closed_on IS NULL"
    )

    assert taxed > 0.97
