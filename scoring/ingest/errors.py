"""Errors that end an import before anything is stored."""


class UnreadableFile(Exception):
    """The file can't be read as the mapping says.

    `str(error)` is one translated sentence that says what is wrong and what to do.
    """


class BadMapping(Exception):
    """The mapping can't be used; `str(error)` is one translated sentence that names the key."""


class Refused(Exception):
    """The file was read but can't be taken as a whole; `str(error)` is one translated sentence."""
