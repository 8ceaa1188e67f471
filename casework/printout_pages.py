"""The page on which somebody waits for a PDF they asked for, and the PDF."""

from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse

from access.can import log_reading
from casework import printouts
from casework.views import Act, FreshFactor, Page
from design import forms


class PrintoutPage(Page):
    """One's own printout: being made, made, or not to be made."""

    template_name = "casework/printout.html"

    def get(self, request, key):
        printout = self.find(key)
        return self.render(printout=printout, name=printouts.KINDS[printout.kind].file)

    def find(self, key):
        printout = printouts.of(self.request.user, key, moment=self.now)
        if printout is None:
            raise Http404
        return printout


class PrintoutFile(PrintoutPage):
    """The PDF, once it is made."""

    def get(self, request, key):
        printout = self.find(key)
        if printout.made_at is None:
            return redirect("printout", key)
        kind, case = printouts.KINDS[printout.kind], printout.case.reference if printout.case else ""
        about = {"reference": printout.reference, "case": case, "what": f"{kind.file_name} as {kind.form.upper()}"}
        log_reading(request, **about, allowed=True, on=self.now)
        return printouts.serve(printout)


class AskForPrintout(Act):
    """Asks for the PDF of a page. A subclass says `kind`, who may (`find`), and what of it: `about()`."""

    form_class = forms.Form
    button = "Make the PDF"
    done = "The PDF was asked for"
    kind = ""
    explained = "It is yours alone, and is deleted after a day."

    def about(self):
        raise NotImplementedError

    def do(self):
        return printouts.ask(self.kind, **self.about(), **self.who_and_when())

    def done_to(self, printout):
        return reverse("printout", args=[printout.key])


class AskForExport(FreshFactor, AskForPrintout):
    """Asks for the PDF of a list: taking a list away needs a fresh factor."""
