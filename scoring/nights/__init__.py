"""The night: what its steps are given, and how it is carried out. Start reading at `runner`."""
