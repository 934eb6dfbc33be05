"""Texts that ship with the product, for templates."""

from django import template

from scoring.figures.catalogue.chinese import shipped_text

register = template.Library()
register.filter("shipped_text", shipped_text)
