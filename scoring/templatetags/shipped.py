"""Notes that ship with the product, for templates."""

from django import template

from scoring.figures.catalogue import shipped_note

register = template.Library()
register.filter("shipped_note", shipped_note)
