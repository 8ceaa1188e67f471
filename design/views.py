"""Every component in every state on one page: what is looked at first when the look changes."""

from django.http import HttpResponse


def components(request):
    """This will show every component in every state."""
    return HttpResponse("")
