"""The rights sheet: what somebody may and must do when the police asks. Versioned data, checked when it is read."""

from mobilise.rights.reading import read_sheet
from mobilise.rights.sheet import Sheet, Topic

__all__ = ["Sheet", "Topic", "read_sheet"]
