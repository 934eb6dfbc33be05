"""How much of a file a reader takes before it refuses."""

from pydantic import BaseModel, ConfigDict, PositiveInt

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


DEFAULT_LIMITS = Limits()
