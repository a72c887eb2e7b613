"""Stage 7: rows become files that open in pandas, Excel, LaTeX and a browser."""

from pipelines.report.csv_files import write_csv
from pipelines.report.page import write_pages
from pipelines.report.tables import write_rejected, write_table, write_tables

__all__ = ["write_csv", "write_pages", "write_rejected", "write_table", "write_tables"]
