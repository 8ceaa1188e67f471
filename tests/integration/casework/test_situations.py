"""Situations that stand on one another are what they are when made alone (tests/factories/way.py)."""

from tests.factories import reports


def test_on_the_way_a_situation_is_what_it_is_when_made_alone(way, cast):
    alone = reports.drafting(cast)
    reached = way.reach("drafting")
    assert reached.pk != alone.pk
    for field in ("status", "chair_id", "chair_declared_at", "pack_issued_at", "meeting_at", "period_from"):
        assert getattr(reached, field) == getattr(alone, field), field
    assert reached.summaries.count() == alone.summaries.count()
    assert reached.members.count() == alone.members.count()


def test_going_back_undoes_what_lay_beyond(way):
    with_panel = way.reach("with_panel")
    assert way.reach("received").pk == with_panel.pk
    assert way.reach("received").status == "received"


def test_the_other_sides_case_is_another(way, cast):
    ours, theirs = way.reach("summary_asked"), way.reach("summary_asked", other=True)
    assert (ours.agency, theirs.agency) == (cast.housing, cast.trust)
