"""Coding by people: sheets of a run's passages, their codes, and the tables that codes correct."""

from pipelines.coding.design import Design, load_design
from pipelines.coding.drawing import Wish, draw_sheet
from pipelines.coding.gold import export_gold
from pipelines.coding.plan import plan
from pipelines.coding.reading import codes_so_far, read_codes
from pipelines.coding.results import stored_results, write_results

__all__ = [
    "Design",
    "Wish",
    "codes_so_far",
    "draw_sheet",
    "export_gold",
    "load_design",
    "plan",
    "read_codes",
    "stored_results",
    "write_results",
]
