"""Cells of a table that a spreadsheet may open: never a formula, and back again unharmed."""

# What makes a spreadsheet compute, also in full width (it is folded), after blanks, tabs and CR.
_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
_MARK = "'"  # spreadsheets show what follows as text


def escape_cell(cell: str) -> str:
    """The cell as text for any spreadsheet."""
    starts = cell.lstrip()[:1]
    is_risky = starts in _FORMULA if starts else False
    return f"{_MARK}{cell}" if is_risky or cell[:1] in {_MARK, "\t", "\r", "\n"} else cell


def unescape_cell(cell: str) -> str:
    """What `safe` was given."""
    return cell[1:] if cell.startswith(_MARK) and escape_cell(cell[1:]) == cell else cell
