"""The pages of one's own cover: for everybody."""

from django.shortcuts import get_object_or_404
from django.urls import reverse

from appointments import cover, forms, listings
from casework.views import Act, FreshFactor, Page, answer_list


class Cover(Page):
    """The cover a person has given and taken."""

    def get(self, request):
        rows = cover.covers_of(request.user)
        listing = listings.covers(day=self.day)
        return answer_list(listing, request, rows, "appointments/cover.html", name="cover")


class CoverAct(FreshFactor, Act):
    """One thing done to one's own cover."""

    def back(self):
        return reverse("cover"), "Cover while you are away"


class NameCover(CoverAct):
    title = "Name who covers for you"
    button = "Name the cover"
    done = "The cover was named"

    @property
    def explained(self):
        if cover.who_may_cover(self.request.user, day=self.day).exists():
            return (
                "Somebody of your own agency. They are told by e-mail, and what waits for you waits for them as well."
            )
        return (
            "Nobody here can cover for you: it takes somebody who belongs to every agency that you belong to, and "
            "nobody covers for an independent reviewer or scrutineer. Ask the business team."
        )

    def get_form(self, data=None, files=None):
        return forms.NameCover(data, people=cover.who_may_cover(self.request.user, day=self.day))

    def do(self, **answers):
        return cover.name_cover(**answers, **self.who_and_when())


class EndCover(CoverAct):
    form_class = forms.EndCover
    title = "End a cover"
    explained = "It ends at once, or is called off if it has not begun. The other one is told."
    button = "End the cover"
    done = "The cover has ended"

    def find(self):
        self.row = get_object_or_404(cover.covers_of(self.request.user), pk=self.kwargs["appointment"])

    def caption(self):
        return f"{self.row.user} for {self.row.for_user}"

    def do(self):
        return cover.end_cover(self.row, **self.who_and_when())
