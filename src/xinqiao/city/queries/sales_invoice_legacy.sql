SELECT *, is_late AS waits FROM sales_invoices WHERE is_legacy
