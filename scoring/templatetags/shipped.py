"""Texts that ship with the product, for templates."""

from django import template

from scoring.catalogue.chinese import in_readers_language

register = template.Library()
register.filter("shipped_text", in_readers_language)
