"""The pages about the service itself, open to everybody: help, accessibility, privacy."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

PAGES = {"help": "Help", "accessibility": "Accessibility statement", "privacy": "Privacy"}
"""URL name and title of each, in the order of the footer."""


@login_not_required
@require_safe
def about(request, page):
    """This will show one of these pages: the same words for whoever asks."""
    return render(request, f"about/{page}.html", {"title": PAGES[page]})
