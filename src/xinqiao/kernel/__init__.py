"""The words every capability shares: identifiers, money, periods, regions, actors, refusals, time.

Invariants: standard library only; no I/O and no reading of the clock; every value is immutable and valid
once made.
"""
