import logging
import sys

from config.logs import ReticentFormatter

SECRET = "Marker Child, born 3 May"


def logged(message, *args, exc_info=None):
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, message, args, exc_info)
    return ReticentFormatter().format(record)


def raised():
    try:
        try:
            raise ValueError(SECRET)
        except ValueError as error:
            raise RuntimeError(f"while saving {SECRET}") from error
    except RuntimeError:
        return sys.exc_info()


def test_a_traceback_names_places_and_classes_and_no_values():
    line = logged("Internal Server Error: %s", "/referrals/", exc_info=raised())
    assert SECRET not in line
    assert "builtins.ValueError" in line
    assert "builtins.RuntimeError" in line
    assert "in raised" in line


def test_an_exception_as_argument_is_named_by_its_class():
    assert logged("could not deliver: %s", ValueError(SECRET), exc_info=raised()).count(SECRET) == 0
    assert SECRET not in logged("could not deliver: %s", ValueError(SECRET))


def test_a_failed_task_is_logged_without_what_it_was_given():
    context = {"name": "x.deliver", "id": "7", "exc": repr(ValueError(SECRET)), "traceback": SECRET, "args": SECRET}
    line = logged("Task %(name)s[%(id)s] raised unexpected: %(exc)s\n%(traceback)s", context)
    assert SECRET not in line
    assert "x.deliver[7]" in line


def test_what_stands_after_a_question_mark_stays_out():
    assert "Marker" not in logged("Error handling request %s", "/referrals/?name=Marker+Child&page=2")


def test_a_key_in_an_address_stays_out_and_a_reference_does_not():
    key = "WzEyLCJhYmMiXQ:1vXyZ0:Qm9yaW5n-a2V5_dGhhdA"
    assert logged("Unprocessable Entity: %s", f"/accounts/invitation/{key}/").endswith("/accounts/invitation/…/")
    assert key[:20] not in logged(f"Not Found: /calendar/{key}.ics")
    assert logged("Conflict: %s", "/rapid-reviews/summaries/AS-2026-001/fill-in/involvement/").endswith("involvement/")
