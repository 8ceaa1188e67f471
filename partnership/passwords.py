"""New passwords: none that is known from a breach (ASVS 5.0, 6.2.4 and 6.2.12)."""

import mmap
from pathlib import Path

from django.core.exceptions import ValidationError

LIST = Path(__file__).parent / "built" / "breached_passwords.txt"
"""One a line, in small letters, sorted by their bytes: partnership/passwords.mjs makes it at set-up."""


class BreachedPasswordValidator:
    """Refuses a password that stands in the list, however its letters are capitalised."""

    def validate(self, password, user=None):
        if is_breached(password):
            raise ValidationError(
                "This password is known from a data breach elsewhere. Choose another one.", code="password_breached"
            )

    def get_help_text(self):
        return "It cannot be a password that is known from a data breach."


def is_breached(password):
    """This will look a password up in the sorted file, without reading it into memory."""
    wanted = password.strip().lower().encode()
    if not wanted or b"\n" in wanted:
        return False
    with LIST.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as lines:
        low, high = 0, len(lines)
        while low < high:
            # The line that the middle falls into; its newline ends it.
            start = lines.rfind(b"\n", 0, (low + high) // 2) + 1
            end = lines.find(b"\n", start)
            line = lines[start:end]
            if line == wanted:
                return True
            low, high = (end + 1, high) if line < wanted else (low, start)
    return False
