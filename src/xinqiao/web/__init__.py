"""What every HTTP edge shares: statuses, refusals as pages, guards, languages, formats and templates.

Invariants: a route without a declared caller stops the application from starting; a request under a host name
that is not this machine's is refused before any page sees it; a failure reaches people as what happened, why,
what to do and a code, never as a stack trace; every text a page shows exists in Chinese and in English.
"""
