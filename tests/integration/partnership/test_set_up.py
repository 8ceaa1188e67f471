"""What is there before anybody signs in: the partnership, and its first administrator."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from partnership import second_factor
from partnership.models import Agency, Membership, Partnership, User

pytestmark = pytest.mark.django_db


def run(*args, **kwargs):
    out = StringIO()
    call_command(*args, stdout=out, **kwargs)
    return out.getvalue()


def test_load_reference_makes_the_one_partnership_with_its_history_and_keeps_it():
    run("load_reference")
    before = Partnership.load()
    assert before.history.count() == 1
    assert before.email.endswith(".example")
    said = run("load_reference")
    assert "partnership: the partnership is there" in said
    assert Partnership.load() == before
    assert before.history.count() == 1


def create(monkeypatch, *extra, email="Ada.Lowe@harrowmere-scp.example", password="harbour lantern walnut"):
    monkeypatch.setattr("sys.stdin", StringIO(f"{password}\n"))
    arguments = [email, "--name=Ada Lowe", "--role=administrator", "--agency=Business unit", "--password-from-stdin"]
    return run("create_person", *arguments, *extra)


def test_create_person_gives_a_password_a_role_and_a_second_factor(monkeypatch):
    said = create(monkeypatch, "--new-agency=business_unit")
    ada = User.objects.get(email="ada.lowe@harrowmere-scp.example")
    assert ada.check_password("harbour lantern walnut")
    assert second_factor.codes_of(said.split()[-1])[0] == second_factor.one_time_code(ada)
    membership = Membership.objects.get(user=ada)
    assert (membership.role, str(membership.agency)) == ("administrator", "Business unit")
    assert ada.history.count() == membership.history.count() == 1


@pytest.mark.parametrize(
    ("changes", "extra", "says"),
    [
        ({}, [], "There is no agency"),
        ({"password": "short"}, ["--new-agency=business_unit"], "at least 12 characters"),
        ({"email": "ada"}, ["--new-agency=business_unit"], "e-mail|email"),
    ],
)
def test_create_person_refuses_what_would_not_do_and_makes_nothing(monkeypatch, changes, extra, says):
    with pytest.raises(CommandError, match=says):
        create(monkeypatch, *extra, **changes)
    assert not User.objects.filter(full_name="Ada Lowe").exists()
    assert not Agency.objects.filter(name="Business unit").exists()


def test_create_person_does_not_touch_an_account_that_exists(monkeypatch):
    create(monkeypatch, "--new-agency=business_unit")
    with pytest.raises(CommandError, match="has an account"):
        create(monkeypatch)
