"""A password that is known from a breach is found in the list, and no other."""

import pytest
from django.core.exceptions import ValidationError

from config import checks
from partnership import passwords


@pytest.mark.parametrize("password", ["password12345", "PassWord12345", " qwertyuiop123 ", "1234567890123456"])
def test_a_breached_password_is_refused_however_it_is_written(password):
    with pytest.raises(ValidationError, match="known from a data breach"):
        passwords.BreachedPasswordValidator().validate(password)


@pytest.mark.parametrize("password", ["", "\n", "lantern harbour walnut", "password12345 and more", "\x00", "ÿ" * 64])
def test_another_password_is_not(password):
    assert not passwords.is_breached(password)


def test_every_line_of_a_list_is_found_and_nothing_between_them(tmp_path, monkeypatch):
    lines = sorted({f"{number:x}".encode() for number in range(0, 3000, 7)} | {"ä".encode(), b" ", b"zz"})
    monkeypatch.setattr(passwords, "LIST", tmp_path / "list.txt")
    passwords.LIST.write_bytes(b"\n".join(lines) + b"\n")
    known = {line.decode() for line in lines} - {" "}
    assert all(passwords.is_breached(line) for line in known)
    assert not any(passwords.is_breached(f"{number:x}") for number in range(3000) if f"{number:x}" not in known)
    assert not any(passwords.is_breached(line + "0") for line in known if line + "0" not in known)


def test_the_hub_does_not_start_without_the_list(tmp_path, monkeypatch):
    assert checks.breached_passwords_are_known(None) == []
    monkeypatch.setattr(passwords, "LIST", tmp_path / "list.txt")
    assert checks.breached_passwords_are_known(None)[0].id == "config.E004"
    passwords.LIST.write_text("123456\n")
    assert "holds 1." in checks.breached_passwords_are_known(None)[0].msg
