"""The pages of the appointment register: for who manages people."""

from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404
from django.urls import reverse

from appointments import forms, listings, register
from appointments.views import PeopleAct, PeoplePage
from casework.views import answer_list
from partnership.models import Appointment


class Appointments(PeoplePage):
    """Every delegation, deputy, alternate, Virtual Panel member and cover, ended ones too."""

    def get(self, request):
        counts = Appointment.objects.signing(self.day).filter(pk=OuterRef("pk"))
        rows = Appointment.objects.select_related("user", "for_user", "agency").annotate(signs=Exists(counts))
        listing = listings.appointments(day=self.day)
        return answer_list(listing, request, rows, "appointments/appointments.html", name="appointments")


class RegisterAct(PeopleAct):
    """One thing done to the register."""

    def back(self):
        return reverse("appointments"), "Appointment register"

    def done_to(self, appointment):
        super(PeopleAct, self).done_to(appointment)
        return reverse("appointments")


class EnterAppointment(RegisterAct):
    title = "Enter an appointment"
    explained = "It counts from its first day. Reports that wait for signatures ask whoever may sign from then on."
    button = "Enter the appointment"
    done = "The appointment was entered"

    def get_form(self, data=None, files=None):
        return forms.EnterAppointment(data, initial=self.request.GET.dict())

    def do(self, **answers):
        return register.enter_appointment(**answers, **self.who_and_when())


class EndAppointment(RegisterAct):
    title = "End an appointment"
    explained = "Signatures and views that were given under it stay. A delegation ends together with its deputies."
    button = "End the appointment"
    done = "The appointment has its end"

    def find(self):
        rows = Appointment.objects.select_related("user")
        self.appointment = get_object_or_404(rows, pk=self.kwargs["appointment"])

    def caption(self):
        return str(self.appointment)

    def get_form(self, data=None, files=None):
        return forms.EndAppointment(data, initial={"from_on": self.day})

    def do(self, **answers):
        return register.end_appointment(self.appointment, **answers, **self.who_and_when())
