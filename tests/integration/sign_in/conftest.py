import pytest
from django.core.cache import cache
from django.utils import timezone

from partnership.models import User
from partnership.second_factor import enrol
from tests.sign_in import PASSWORD
from trail.models import save

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet():
    """Rate limits and used codes lie in the cache, which no transaction rolls back."""
    cache.clear()


def make(email, name, *, second_factor=True):
    person = User(email=email, full_name=name)
    person.set_password(PASSWORD)
    save(person, by=None, on=timezone.now())
    if second_factor:
        enrol(person)
    return person


@pytest.fixture
def lead(db):
    """Nadia Farrow leads safeguarding at a trust; her authenticator app is set up."""
    return make("nadia.farrow@trust.example", "Nadia Farrow")


@pytest.fixture
def newcomer(db):
    """Tom Ashby has a password and no second factor yet."""
    return make("tom.ashby@school.example", "Tom Ashby", second_factor=False)
