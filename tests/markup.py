"""Markup as tests compare it, however its template is laid out."""

import re


def tight(html: str) -> str:
    """Markup without white space beside tags, and with one space wherever else there is some."""
    return re.sub(r" ?(</?[a-z][^>]*>) ?", r"\1", re.sub(r"[ \n]+", " ", html))
