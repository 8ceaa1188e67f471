"""A referral as its referrer writes it: the answers a case names, and ordinary ones for the rest."""

from referrals import workflow
from referrals.models import Carer, Child, InvolvedService, OtherPerson, ParallelProcess, Sibling

HERE = "E08000004"
USUAL = {
    "la_residence": HERE,
    "la_incident": HERE,
    "incident_precision": "exact",
    "discussed": "yes",
    "discussed_name": "Anselm Croft",
    "discussed_role": "Head of safeguarding",
    "kept_safe": "yes",
    "kept_safe_what": "The children are staying with their grandmother under a written agreement.",
    "kept_safe_who": "Children’s social care, duty team",
}
USUAL_CHILD = {
    "first_language": "English",
    "interpreter": "no",
    "ethnicity": "WBRI",
    "level_of_help": "universal",
    "social_work": "none_known",
    "care_status": "not_looked_after",
    "disability": "no",
    "send": "N",
}
USUAL_MOTHER = {
    "relationship": "mother",
    "parental_responsibility": "yes",
    "lived_with_then": "yes",
    "lives_with_now": "yes",
    "ethnicity": "WBRI",
}


class Telling:
    """One person filling in one referral at one moment; `record` is the referral as it stands."""

    def __init__(self, person, on, record=None):
        self.person, self.on = person, on
        self.record = record or workflow.open_referral(by=person, on=on)

    def only(self, **answers):
        """Answer these questions and no others."""
        self.record = workflow.fill_in(self.record, by=self.person, on=self.on, values=answers)
        return self

    def tell(self, **answers):
        """Answer these questions, and those that every referral of the demo answers alike."""
        return self.only(**{**USUAL, "discussed_on": self.record.referred_on, **answers})

    def add(self, model, **answers):
        row = model(referral=self.record)
        workflow.fill_in_row(self.record, by=self.person, on=self.on, row=row, values=answers)
        return self

    def child(self, name, **answers):
        return self.add(Child, name=name, **{**USUAL_CHILD, **answers})

    def mother(self, name, **answers):
        return self.add(Carer, name=name, **{**USUAL_MOTHER, **answers})

    def sibling(self, name, **answers):
        return self.add(Sibling, name=name, **answers)

    def other(self, name, **answers):
        return self.add(OtherPerson, name=name, **answers)

    def service(self, service, name, works_with, **answers):
        return self.add(
            InvolvedService, service=service, name=name, works_with=works_with, **{"involvement": "current", **answers}
        )

    def process(self, process, **answers):
        return self.add(ParallelProcess, process=process, **answers)

    def send(self, approver=None, **how):
        """Send it to the approver; the referral as it then stands."""
        self.record = workflow.submit(self.record, by=self.person, on=self.on, approver=approver, **how)
        return self.record
