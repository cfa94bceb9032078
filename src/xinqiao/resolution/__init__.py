"""Who is who: the directory of enterprises that people search, kept from registrations and crosswalks.

Invariants: one entry per subject; its name and state are those of the newest registration known, and of a
crosswalk only where no registration is; every name a firm had before is kept beside the one it has.
"""
