"""Making what tests need: people and agencies as rows, records of work as *situations* reached through the workflow.

from tests.factories import Agencies, People, Memberships, Appointments   # rows
from tests.factories import situations                                   # situations.screened(cast)
"""

from tests.factories.people import Agencies, Appointments, Memberships, People, cover, person_with

__all__ = ["Agencies", "Appointments", "Memberships", "People", "cover", "person_with"]
