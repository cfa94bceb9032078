"""Which regions a delivery speaks for, when a replay counts as known, and the same list coming round again.

A list that says today what it said some deliveries ago is delivered anew, so that a fingerprint may stand twice.
"""

from alembic import op

revision = "0003"
down_revision = "0002"

_DELIVERIES = """
ALTER TABLE delivery
    ADD COLUMN covers text[] CHECK (cardinality(covers) > 0),
    DROP CONSTRAINT delivery_fingerprint_key;
COMMENT ON COLUMN delivery.covers IS '覆盖的行政区划代码前缀（两位、四位或六位）；空为不限地区';
CREATE INDEX ON delivery (fingerprint);

ALTER TABLE replay ADD COLUMN known_at timestamptz;
COMMENT ON COLUMN replay.known_at IS '重放入库的行从何时起视为已知；空为重放之时';
"""


def upgrade() -> None:
    """Widen the tables."""
    op.get_bind().connection.cursor().execute(_DELIVERIES)


def downgrade() -> None:
    """Going back would lose evidence; restore a backup instead."""
    raise NotImplementedError("what deliveries speak for is not forgotten again")
