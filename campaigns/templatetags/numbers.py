"""Numbers as people read them."""

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def grouped(number: int) -> str:
    """98 120 in French, 98,120 in English."""
    return number_format(number, use_l10n=True, force_grouping=True)
