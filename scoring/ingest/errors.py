"""Errors that end an import before anything is stored.

A file that was read but cannot be taken as a whole is `Refused`; these two are raised in the process
that reads, which starts without models and forms.
"""


class UnreadableFile(Exception):
    """The file can't be read as the mapping says.

    `str(error)` is one translated sentence that says what is wrong and what to do.
    """


class BadMapping(Exception):
    """The mapping can't be used; `str(error)` is one translated sentence that names the key."""
