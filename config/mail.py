"""The demo's caught mail as pages. There only when one-time codes may be shown: see config/urls.py."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.urls import path
from django.utils.html import conditional_escape, format_html, format_html_join
from django.views.decorators.http import require_safe

FILE_NAME = re.compile(r"[0-9]{20}-[0-9a-f]{8}")
ADDRESS = re.compile(r"https?://[^\s<>\"]+")


@login_not_required
@require_safe
def mail_list(request):
    """This will list the caught mail, newest first."""
    folder = settings.VAR / "mail"
    names = sorted((path.stem for path in folder.glob("*.eml")), reverse=True)
    return render(request, "demo/mail_list.html", {"messages_caught": [read(name) for name in names[:200]]})


@login_not_required
@require_safe
def mail_message(request, name):
    """This will show one caught message; its links can be followed."""
    if not FILE_NAME.fullmatch(name) or not (settings.VAR / "mail" / f"{name}.eml").exists():
        raise Http404
    return render(request, "demo/mail_message.html", {"message": read(name)})


def read(name):
    """This will return what a page shows of a message."""
    message = message_from_bytes((settings.VAR / "mail" / f"{name}.eml").read_bytes(), policy=policy.default)
    body = message.get_body(preferencelist=("plain", "html"))
    return {
        "name": name,
        "to": str(message["X-To"]),
        "subject": str(message["Subject"] or "(no subject)"),
        "at": datetime.fromtimestamp(int(name[:20]) / 1e9, UTC),
        "body": linked(body.get_content() if body else ""),
    }


def linked(text):
    """This will escape the text and turn its addresses into links."""
    parts, end = [], 0
    for found in ADDRESS.finditer(text):
        parts.append(conditional_escape(text[end : found.start()]))
        parts.append(format_html('<a class="govuk-link" href="{0}">{0}</a>', found.group()))
        end = found.end()
    return format_html_join("", "{}", ((part,) for part in [*parts, conditional_escape(text[end:])]))


urlpatterns = [
    path("", mail_list, name="demo_mail"),
    path("<str:name>/", mail_message, name="demo_mail_message"),
]
