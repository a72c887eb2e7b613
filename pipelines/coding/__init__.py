"""Coding by people: sheets of a run's passages, and the codes read back from them."""

from pipelines.coding.design import Design, load_design
from pipelines.coding.drawing import Wish, draw_sheet
from pipelines.coding.gold import export_gold
from pipelines.coding.reading import read_codes

__all__ = ["Design", "Wish", "draw_sheet", "export_gold", "load_design", "read_codes"]
