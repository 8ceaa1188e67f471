"""The three pages every record of work has: the record, a section of it to fill in, and one thing done to it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.views import View

from access.can import get_visible_or_404, log_reading, permissions_on
from access.models import cases_open_to
from casework import details, drafts, keys, presence
from casework.models import CaseRecord
from casework.sentences import sentence
from casework.versions import Overtaken
from casework.workflow import REGISTRY, CannotProceed, NotAllowed, WrongState
from partnership import second_factor
from partnership.permissions import Permission
from trail.models import Event

KEPT = "The page had been open too long to save. What was typed is kept: check it and save it again."


class RecordView(View):
    """A record's page. Declares `model` and `template_name`; gets the record the one way there is."""

    model = None
    template_name = None

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.now = timezone.now()

    @cached_property
    def record(self):
        # What a page keeps by itself while somebody types shows them nothing: that they opened it is logged already.
        reads = not drafts.is_autosave(self.request)
        return get_visible_or_404(self.model.objects.all(), self.request, self.kwargs["reference"], reads=reads)

    @cached_property
    def permissions(self):
        return permissions_on(self.request.user, self.record, moment=self.now)

    def may(self, permission):
        return permission in self.permissions

    def get_context_data(self, **context):
        return {"record": self.record, "now": self.now} | context

    def render(self, status=200, **context):
        return render(self.request, self.template_name, self.get_context_data(**context), status=status)

    def available(self):
        """The URL names of what this person can do to the record as it stands."""
        return {
            known.url_name
            for known in REGISTRY
            if known.model is self.model and self.record.status in known.sources and self.may(known.permission)
        }

    def get(self, request, *args, **kwargs):
        return self.render(available=self.available())

    def dispatch(self, request, *args, **kwargs):
        try:
            return super().dispatch(request, *args, **kwargs)
        except NotAllowed as refused:
            raise PermissionDenied(str(refused)) from refused
        except WrongState as stale:
            last = last_event(stale.record)
            context = {"record": stale.record, "last": last, "said": sentence(last) if last else "", "now": self.now}
            return render(
                request, "casework/wrong_state.html", context | {"typed": drafts.texts_of(request)}, status=409
            )


class OneForm(View):
    """A page with one form that calls one function: shown, checked, done once, and never losing what was typed.

    A subclass says `form_class`, `act(form)`, which calls the function and returns where to go next, and how it is
    shown: `render(status, **context)`. `now` is the moment of the request. While somebody types the page sends what is
    typed by itself: it is kept as their draft, and nothing else is done with it.
    """

    form_class = None
    is_blind = False
    """Whether each person gives answers of their own here, and is not to know who else does."""

    def check_open(self):
        """Refuse the page to who may not do this, and say what happened if it can no longer be done."""

    def get_form_kwargs(self):
        return {}

    def get_form(self, data=None, files=None):
        return self.form_class(data, files, **self.get_form_kwargs())

    def get_context_data(self, **context):
        shared = self.is_shared(context.get("form"))
        others = presence.others(self.request.user, self.request.path, on=self.now) if shared else []
        carried = drafts.in_page(self.request, context.pop("kept", None))
        return super().get_context_data(autosaves=True, others=others, **carried, **context)

    def is_shared(self, form):
        """Whether a save here goes over what somebody else may be typing: they see each other."""
        return hasattr(form, "_version") and not self.is_blind

    def get(self, request, *args, **kwargs):
        self.check_open()
        return self.show()

    def show(self):
        """Show the form, with what its reader typed and did not save."""
        kept = drafts.find(self.request)
        form = self.get_form(kept and kept.answers)
        if kept and kept.answers.get("version") and hasattr(form, "_version"):
            form._version = kept.answers["version"]  # what its author had seen: a change since then is shown, not lost
        if self.is_shared(form):
            presence.open_page(self.request.user, self.request.path, on=self.now)
        return self.render(form=form, kept=kept, kept_elsewhere=drafts.others_of(kept) if kept else [])

    def autosave(self):
        """Keep what is typed for who may open this page."""
        self.check_open()
        mine, _ = keys.read_key(self.request.POST.get(keys.FIELD, ""))
        if mine != self.request.user.pk:  # another person has signed in here since
            return drafts.autosave(self.request, on=self.now)
        others = presence.type_on(self.request.user, self.request.path, on=self.now)
        return drafts.autosave(self.request, on=self.now, others=others)

    def post(self, request, *args, **kwargs):
        if drafts.is_autosave(request):
            return self.autosave()
        if drafts.DISCARD in request.POST:
            drafts.discard(request)
            return redirect(request.path)
        self.check_open_or_done_already()
        form = self.get_form(request.POST, request.FILES)
        if not form.is_valid():
            if went_to := keys.went_to(request):  # what could be chosen may be gone since the first press took it
                return redirect(went_to)
            return self.render(form=form, status=422)
        try:
            went_to = keys.once(request, lambda: self.act(form), on=self.now)
        except CannotProceed as obstacle:
            for field, message in obstacle.problems:
                form.add_error(field if field in form.fields else None, message)
            return self.render(form=form, status=422)
        except Overtaken:
            return self.render_both_texts(form)
        drafts.forget(request)
        presence.leave(request.user, request.path)
        return redirect(went_to)

    def render_both_texts(self, typed):
        """Show what somebody else saved beside what was typed here; the same form saves the merged text."""
        self.__dict__.pop("record", None)  # what was typed has been put on the one there was: read it again
        theirs = self.get_form()
        sees = typed.sees_confidential
        both = {}
        for name in typed.shown_fields():
            field = typed.instance._meta.get_field(name)
            mine = details.in_words(typed.instance, field, sees_confidential=sees)
            saved = details.in_words(theirs.instance, field, sees_confidential=sees)
            if mine != saved:
                asked = typed.part_names(name)[0] if name in typed.addresses else name
                both[asked] = (saved or details.NOT_GIVEN, mine or details.NOT_GIVEN)
        return self.render_differences(typed, both, version=theirs.version())

    def render_differences(self, typed, both, *, version):
        """Show each answer's two texts above its box, where they are put together: {field: (saved, typed)}."""
        typed.both_texts = both
        typed._version = version
        return self.render(form=typed, differences=[typed[name] for name in both], status=409)

    def check_open_or_done_already(self):
        """As `check_open`, but a second press of the same form goes where the first one went.

        Looked up after the check, not before: of two presses at once the other may have been done in between.
        """
        try:
            self.check_open()
        except (WrongState, NotAllowed, CannotProceed):
            if not keys.went_to(self.request):
                raise

    def act(self, form):
        raise NotImplementedError

    def say(self, message):
        messages.success(self.request, message)


class FormPage(OneForm, RecordView):
    """One thing done to a record, or to a part of it. `transition` is the workflow function that it calls."""

    transition = None

    def check_open(self):
        if not self.may(self.transition.permission):
            raise NotAllowed(f"{self.transition!r} needs {self.transition.permission}")
        if self.record.status not in self.transition.sources:
            raise WrongState(self.record)


class FreshFactor:
    """Before a `OneForm`: what it does needs a second factor given within the last five minutes (ASVS 5.0, 7.5.3).

    What was typed waits meanwhile. Who may not do it at all is told that first.
    """

    def get(self, request, *args, **kwargs):
        self.check_open()
        if not second_factor.has_fresh_factor(request):
            return ask_for_factor(request)
        return super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        if not drafts.is_autosave(request) and not second_factor.has_fresh_factor(request):
            self.check_open_or_done_already()
            return ask_for_factor(request)
        return super().post(request, *args, **kwargs)


def ask_for_factor(request):
    """This will keep what was typed and lead to where a fresh second factor is given, and from there back."""
    if request.method == "POST":
        drafts.keep_if_short(request)
    return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': request.get_full_path()})}")


def answer_list(listing, request, rows, template, *, name, of=None, **shown):
    """This will answer with a page of a list, or with a file of it: that needs a fresh factor, and is written down.

    `name` is what the access log calls the list, `of` the record it is of; `shown` as `Listing.respond` takes it.
    """
    if request.GET.get("format") in listing.formats and not second_factor.has_fresh_factor(request):
        return ask_for_factor(request)

    def on_export(form_at):
        about = {"reference": of.reference, "case": of.case.reference} if of else {"reference": "", "case": ""}
        log_reading(request, **about, allowed=True, on=timezone.now(), what=f"{name} as {form_at}")

    return listing.respond(request, rows, template, on_export=on_export, **shown)


class TransitionView(FormPage):
    """One thing done to a record: the form's answers are the transition's arguments."""

    done = ""

    def act(self, form):
        record = self.transition(self.record, by=self.request.user, on=self.now, **form.cleaned_data)
        if self.done:
            self.say(self.done)
        return self.get_success_url(record)

    def get_success_url(self, record):
        return record.get_absolute_url()


class Page(View):
    """A page that is about no record of work: it knows the moment, and its day."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.now = timezone.now()
        self.day = timezone.localdate(self.now)

    def get_context_data(self, **context):
        return context

    def render(self, status=200, **context):
        return render(self.request, self.template_name, self.get_context_data(**context), status=status)


class Act(OneForm, Page):
    """One thing done to what is no record of work (a person, a date): once, however often it is pressed.

    A subclass says `do(**answers)`, which calls the function, and `back()`: (address, what it is called), where the
    page came from.
    """

    template_name = "casework/act_alone.html"
    title = button = done = explained = ""

    def dispatch(self, request, *args, **kwargs):
        self.find()
        try:
            return super().dispatch(request, *args, **kwargs)
        except NotAllowed as refused:
            raise PermissionDenied(str(refused)) from refused
        except CannotProceed as refused:  # of no answer: the page itself cannot be shown
            messages.info(request, str(refused))
            return redirect(self.back()[0])

    def find(self):
        """Fetch what it is done to: what is not there, or not theirs, answers 404 before anything else is asked."""

    def arguments(self, form):
        """What the act takes, out of a form that is valid."""
        return form.cleaned_data

    def act(self, form):
        return self.done_to(self.do(**self.arguments(form)))

    def do(self, **answers):
        raise NotImplementedError

    def done_to(self, result):
        """Say that it was done, and where to go from here."""
        messages.success(self.request, self.done)
        return self.back()[0]

    def get_context_data(self, **context):
        address, words = self.back()
        shown = {name: getattr(self, name) for name in ("title", "explained", "button")}
        shown |= {"caption": self.caption(), "back_address": address, "back_words": words}
        return super().get_context_data(**shown, **context)

    def caption(self):
        return ""

    def back(self):
        raise NotImplementedError

    def who_and_when(self):
        return {"by": self.request.user, "on": self.now}


class Timeline(View):
    """The timeline of a case, and who can see the case and why."""

    PAGE = 50

    def get(self, request, reference):
        now = timezone.now()
        case = cases_open_to(request.user, Permission.VIEW_TIMELINE, moment=now).filter(reference=reference).first()
        log_reading(request, reference=reference, case=case.reference if case else "", allowed=bool(case), on=now)
        if case is None:
            raise Http404
        events = Event.objects.filter(case=reference).select_related("by", "text", "acting_for").order_by("-at", "-pk")
        page = Paginator(events, self.PAGE).get_page(request.GET.get("page"))
        records = [
            record
            for model in CaseRecord.__subclasses__()
            for record in model.objects.visible_to(request.user, moment=now).filter(case=case).order_by("pk")
        ]
        # What was said of a record is for who may open it: a comment on an agency's summary is the agency's.
        open_to_them = {reference, *(record.reference for record in records)}
        granted = permissions_on(request.user, case, moment=now)
        context = {
            "case": case,
            "reads_trail": Permission.READ_TRAIL in granted,
            "reads_emails": Permission.READ_EMAILS in granted,
            "events": [
                {
                    "title": f"{sentence(event)}: {event.reference}",
                    "by": (event.by.full_name if event.by else "the hub itself")
                    + (f" for {event.acting_for.full_name}" if event.acting_for else ""),
                    "at": event.at,
                    "text": event.words if event.reference in open_to_them else "",
                }
                for event in page
            ],
            "page": page,
            "records": [
                (f"{record._meta.verbose_name.capitalize()} {record.reference}", record.get_absolute_url())
                for record in records
            ],
        }
        return render(request, "casework/timeline.html", context)


def last_event(record):
    """This will return the newest line of this record's timeline: what made a page old."""
    return Event.objects.filter(reference=record.reference).select_related("by").order_by("-at", "-pk").first()


def csrf_failure(request, reason=""):
    """This will keep what was typed on a page whose token ran out, and show that page again with it."""
    if drafts.is_autosave(request):
        return drafts.autosave(request, on=timezone.now())
    if request.method == "POST" and drafts.keep_if_short(request):
        messages.info(request, KEPT)
        return redirect(request.path)
    return render(request, "403_csrf.html", status=403)
