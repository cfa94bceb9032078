"""Taking what departments deliver: bytes kept, every row judged, records and quarantine written together.

The way of a delivery: `landing` keeps the bytes, `sources` makes files scannable, `mapping` decides which column
is which field, `judging` reads and judges every row in one pass, `merging` compares with what is known,
`operations` commits; `replaying` does the same with rows that were refused.

Invariants: a delivery takes effect whole or not at all; the same delivery twice changes nothing; no row is
dropped silently: it becomes a record, is counted as a duplicate, or stands in quarantine with all its reasons.
"""
