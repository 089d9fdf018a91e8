"""A list of officials from a file that anybody's spreadsheet wrote: read, checked row by row, stored."""
