"""Weight regimes, the grades of single evaluations, and what else an evaluation was made of.

An evaluation now names the contract of every data set it read, the regimes it applied, the evaluation whose sector
measures it used and the one it carries grades forward from. The contracts of evaluations made before are in their
audit events and are copied from there.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

_EVALUATIONS = """
ALTER TABLE evaluation
    ADD COLUMN contracts jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(contracts) = 'object'),
    ADD COLUMN regimes jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(regimes) = 'object'),
    ADD COLUMN measures bigint REFERENCES evaluation,
    ADD COLUMN based_on bigint REFERENCES evaluation;
COMMENT ON COLUMN evaluation.contracts IS '所读各数据集的契约指纹';
COMMENT ON COLUMN evaluation.regimes IS '所适用的权重调整方案及其指纹';
COMMENT ON COLUMN evaluation.measures IS '行业参照取自哪次评价；空为本次自行计算';
COMMENT ON COLUMN evaluation.based_on IS '本次未重算的企业沿用哪次评价的等级；空为全部重算';
UPDATE evaluation AS e SET contracts = a.payload -> 'contracts'
FROM audit_event AS a
WHERE a.name = 'ratings.published' AND (a.payload ->> 'evaluation_id')::bigint = e.evaluation_id
  AND jsonb_typeof(a.payload -> 'contracts') = 'object';
"""

_RECENT = """
CREATE TABLE recent_rating (
    evaluation_id bigint NOT NULL,
    subject bigint NOT NULL CHECK (subject >= 0),
    as_of date NOT NULL,
    score double precision,
    grade text NOT NULL,
    ungated text NOT NULL,
    coverage double precision NOT NULL,
    gates text[] NOT NULL,
    model text NOT NULL,
    regimes text[] NOT NULL,
    sector text,
    region_code text,
    size_class text,
    codes text[] NOT NULL,
    indicators double precision[] NOT NULL,
    PRIMARY KEY (evaluation_id, subject),
    CHECK (cardinality(codes) = cardinality(indicators))
);
COMMENT ON TABLE recent_rating IS '逐户评价的等级与指标，待并入数据湖';
COMMENT ON COLUMN recent_rating.codes IS '指标代码，与 indicators 逐一对应';
CREATE INDEX ON recent_rating (subject, as_of);
"""

_REGIMES = """
CREATE TABLE regime (
    name text NOT NULL CHECK (name ~ '^[a-z][a-z0-9_]*$'),
    version integer NOT NULL CHECK (version > 0),
    model text NOT NULL,
    from_on date NOT NULL,
    until_on date NOT NULL CHECK (until_on > from_on),
    fingerprint text NOT NULL REFERENCES definition,
    state text NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed', 'approved', 'withdrawn')),
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    approved_by text,
    approved_at timestamptz,
    withdrawn_by text,
    withdrawn_at timestamptz,
    withdrawal_reason text,
    PRIMARY KEY (name, version),
    CONSTRAINT approved_by_another CHECK (approved_by <> proposed_by),
    CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
    CHECK ((withdrawn_by IS NULL) = (withdrawn_at IS NULL)),
    CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL)),
    CHECK (state <> 'approved' OR approved_at IS NOT NULL)
);
COMMENT ON TABLE regime IS '权重调整方案：谁提出、谁批准、何时起止';
COMMENT ON COLUMN regime.from_on IS '适用的第一天';
COMMENT ON COLUMN regime.until_on IS '不再适用的第一天';
COMMENT ON COLUMN regime.fingerprint IS '方案全文的指纹，全文见 definition';
CREATE INDEX ON regime (model, from_on, until_on);
"""


def upgrade() -> None:
    """Make and widen the tables."""
    # Straight to the driver: the statements hold % and : that are no parameters.
    cursor = op.get_bind().connection.cursor()
    for statements in (_EVALUATIONS, _RECENT, _REGIMES):
        cursor.execute(statements)


def downgrade() -> None:
    """Going back would lose evidence; restore a backup instead."""
    raise NotImplementedError("approved regimes and grades are not taken away again")
