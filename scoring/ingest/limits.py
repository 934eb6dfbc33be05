"""How much of a file a reader takes before it refuses, and what reading it may cost.

All bounds are here. What can be counted is counted before anything is allocated for it; the last
word has the process that reads (`reader_process.py`), which has no more memory and time than this.
"""

from pydantic import BaseModel, ConfigDict, NonNegativeInt, PositiveInt

MIB = 1 << 20


class Limits(BaseModel):
    """Bounds on one file. Sizes are in bytes after decompression unless stated otherwise."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_bytes: PositiveInt = 64 * 1024 * MIB
    max_line_bytes: PositiveInt = 4 * MIB
    max_columns: PositiveInt = 2_000
    # Decompressed to compressed; repetitive exports reach about 50, deflate's own end is 1,032.
    max_ratio: PositiveInt = 200
    # A small archive may expand freely up to here, whatever its ratio.
    ratio_free_bytes: PositiveInt = 16 * MIB
    # A workbook and a JSON document are held in memory as a whole.
    max_xlsx_bytes: PositiveInt = 320 * MIB
    max_json_bytes: PositiveInt = 128 * MIB
    # A sheet is held as a rectangle: one cell far away from the others makes it as large as that.
    max_sheet_cells: PositiveInt = 40_000_000
    max_sheets: PositiveInt = 1_000
    # Parts of the archive: sheets, pictures, comments, drawings.
    max_parts: PositiveInt = 20_000
    # The text of all cells to the size on disk: a text that repeats costs a workbook next to nothing.
    max_text_ratio: PositiveInt = 1_000
    text_free_bytes: PositiveInt = 1024 * MIB
    # What is handed over at once; longer parts of a file are cut into several.
    max_batch_cells: PositiveInt = 4_000_000
    max_batch_bytes: PositiveInt = 128 * MIB
    # Of the process that reads: memory beyond what it has at its beginning, and how long it may be
    # silent: so many seconds, and one more for each so many bytes of the file as it lies on disk.
    memory_bytes: PositiveInt = 4096 * MIB
    seconds: PositiveInt = 120
    bytes_a_second: PositiveInt = MIB

    def rows_at_once(self, columns: int) -> int:
        """How many rows of so many columns are handed over at once at most."""
        return max(1, self.max_batch_cells // max(1, columns))

    def patience(self, file_bytes: NonNegativeInt) -> int:
        """Seconds that a reader of a file of this size may be silent."""
        return self.seconds + file_bytes // self.bytes_a_second


DEFAULT_LIMITS = Limits()
