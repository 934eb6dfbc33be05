"""Screens on the wall: the link (`links`), what may be chosen (`choices`), what is shown (`scenes`)."""
