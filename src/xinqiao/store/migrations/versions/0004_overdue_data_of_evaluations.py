"""Which data an evaluation's model read that were late on its day."""

from alembic import op

revision = "0004"
down_revision = "0003"

_OVERDUE = """
ALTER TABLE evaluation ADD COLUMN overdue jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(overdue) = 'array');
COMMENT ON COLUMN evaluation.overdue IS '评价日已逾期未更新的数据集及天数；早于本列的评价没有记下，为空';
"""


def upgrade() -> None:
    """Widen the table."""
    op.get_bind().connection.cursor().execute(_OVERDUE)


def downgrade() -> None:
    """Going back would lose evidence; restore a backup instead."""
    raise NotImplementedError("what was late when a grade was given is not forgotten again")
