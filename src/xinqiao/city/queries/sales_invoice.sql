SELECT *, is_late AS waits FROM sales_invoices WHERE NOT is_legacy
