"""The names of the questions that a model answers."""

from typing import Final

CATEGORY: Final = "category"
KIND: Final = "kind"
URGENCY: Final = "urgency"
LABEL: Final = "label"  # of somebody's own
FLAG: Final = "flag"
SCOPE: Final = "scope"
REAL: Final = "real"  # whether a danger that is spoken of is real
URGENT: Final = "urgent"  # whether it is urgent at all
