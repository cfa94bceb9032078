"""What is true of each enterprise, as the file beside the deliveries tells it."""

COLUMNS = (
    "index",
    "unified_code",
    "subject",
    "name",
    "kind",
    "sector",
    "county",
    "profile",
    "account",
    "established_on",
    "closed_on",
    "health",
    "defaulted",
    "defaulted_on",
    "group",
    "controller",
    "shared_meter",
    "proxy_export",
    "profit_gap",
    "loan_outcome",
)
