"""The pick lists, against the forms and the national code lists they stand for."""

import datetime

import pytest

from partnership import codes


def words(text):
    return text.split()


PICK_LISTS = words(
    """
    local_authority nature circumstance date_precision abuse birth_sex gender_identity ethnicity religion
    yes_no_unknown disability disability_type send send_need social_work_involvement level_of_help cp_category
    legal_status placement_type placement_provider education relationship parental_responsibility lived_with_child
    discussed_with_manager la_reported action_to_keep_safe parallel_process screening_outcome panel_outcome
    nfa_reason criterion_view summary_status attendance lcspr_view method partner_decision national_panel_reply
    event_precision child_seen significance case_factor agency_service channel place_type care_status immigration
    plan involvement
    """
)

CODES = {
    # as the national lists and the partnership's own forms number them, in their order
    "nature": "death serious_harm other",
    "circumstance": """death_maltreatment_family death_extra_familial death_sudi_unexplained death_suspected_suicide
        death_accident_supervision death_natural_neglect_factor death_other harm_physical harm_neglect
        harm_sexual_family harm_sexual_extra_familial harm_exploitation harm_self_harm_attempt harm_fii
        harm_extra_familial_violence child_caused_harm other""",
    "date_precision": "exact approximate between no_single_event",
    "birth_sex": "1 2 9 0 not_known",
    "ethnicity": """WBRI WIRI WIRT WROM WOTH MWBC MWBA MWAS MOTH AIND APKN ABAN AOTH CHNE BCRB BAFR BOTH OOTH
        REFU NOBT""",
    "disability_type": "MOB HAND PC INC COMM LD HEAR VIS BEH CON AUT DDA",
    "send": "N K E not_known",
    "send_need": "SPLD MLD SLD PMLD SEMH SLCN HI VI MSI PD ASD OTH",
    "level_of_help": """not_known not_open universal early_help targeted_early_or_family_help assessment
        child_in_need_s17 s47_enquiry child_protection_plan looked_after care_leaver closed_within_12_months""",
    "cp_category": "NEG PHY SAB EMO",
    "legal_status": "C1 C2 D1 E1 V2 V3 V4 L1 L2 L3 J1 J2 J3",
    "placement_provider": "PR0 PR1 PR2 PR3 PR4 PR5",
}

# Children in need census, assessment factors 1A-24A: A the child, B a parent or carer, C another in the household.
CIN_FACTORS = {
    *words("1A 1B 1C 2A 2B 2C 3A 3B 3C 4A 4B 4C 5A 5B 5C 6A 6B 6C 7A 8B 8C 8D 8E 8F 9A 10A 11A 12A 13A 14A 15A"),
    *words("16A 17A 18B 18C 19B 19C 20 21 22A 23A 24A"),
}


def test_every_list_of_the_forms_is_there():
    assert sorted(codes.LISTS) == sorted(PICK_LISTS)


@pytest.mark.parametrize("name", PICK_LISTS)
def test_a_list_has_distinct_codes_and_labels_that_fit_their_columns(name):
    offered = codes.LISTS[name].codes
    assert offered
    assert len({each.code for each in offered}) == len(offered)
    assert len({each.label for each in offered}) == len(offered)
    assert all(0 < len(each.code) <= 40 and each.code == each.code.strip() for each in offered)
    assert all(each.label and each.label == each.label.strip() for each in offered)
    assert codes.LISTS[name].title


@pytest.mark.parametrize("name", CODES)
def test_codes_are_those_of_the_published_list(name):
    assert codes.codes(name) == CODES[name].split()


def test_headings_stand_together():
    for picklist in codes.LISTS.values():
        groups = [each.group for each in picklist.codes]
        changes = [group for group, before in zip(groups, [None, *groups], strict=False) if group != before]
        assert len(changes) == len(set(groups)), picklist.name


def test_there_are_44_case_factors_and_their_national_codes_exist():
    factors = codes.LISTS["case_factor"].codes
    assert len(factors) == 44
    assert {part for each in factors for part in each.national.split()} <= CIN_FACTORS
    assert codes.LISTS["case_factor"]["neglect"].national == "16A"
    assert codes.LISTS["case_factor"]["unsafe_sleep"].national == ""


def test_the_form_has_25_services_and_five_more_can_be_added():
    services = codes.codes("agency_service")
    more = ["hospital_trust", "ambulance", "cafcass", "placement_provider", "fire"]
    assert len([each for each in services if each not in more]) == 25
    assert set(more) <= set(services)


def test_there_are_17_parallel_processes_and_8_methods():
    assert len(codes.codes("parallel_process")) == 17
    assert len(codes.codes("method")) == 8


def test_greater_manchester_comes_first_then_every_english_children_s_services_authority():
    listed = codes.codes("local_authority")
    assert listed[:10] == [f"E080000{number:02}" for number in range(1, 11)]
    assert codes.label("local_authority", "E08000004") == "Oldham"
    english = [code for code in listed if code.startswith("E")]
    kinds = {kind: len([code for code in english if code.startswith(kind)]) for kind in ("E06", "E08", "E09", "E10")}
    assert kinds == {"E06": 63, "E08": 36, "E09": 33, "E10": 21}
    assert len(english) == 153
    assert listed[153:] == ["W92000004", "S92000003", "N92000002", "outside_uk", "not_known"]
    names = [codes.label("local_authority", code) for code in english[10:]]
    assert names == sorted(names)


def test_multiple_is_not_offered_as_the_main_type_of_abuse():
    assert "MUL" not in {each.national for each in codes.LISTS["abuse"].codes}


def test_other_asks_for_words_in_every_list_that_offers_it():
    for picklist in codes.LISTS.values():
        # a service called "other" is named in its own column
        silent = [each.code for each in picklist.codes if each.code == "other" and not each.other]
        assert silent == [], picklist.name
    assert codes.asking_for_words("discussed_with_manager") == ["no"]
    assert codes.asking_for_words("ethnicity") == ["NOBT"]


def test_a_label_is_looked_up_and_an_unknown_code_is_an_error():
    assert codes.label("nature", "serious_harm") == "Serious harm"
    assert codes.label("nature", "") == ""
    assert codes.labels("nature", ["other", "death"]) == ["Death", "Other"]
    with pytest.raises(KeyError, match="'maimed' is not in the list nature"):
        codes.label("nature", "maimed")


def test_choices_come_flat_or_under_their_headings():
    assert codes.choices("nature") == [("death", "Death"), ("serious_harm", "Serious harm"), ("other", "Other")]
    assert codes.choices("nature", grouped=True) == codes.choices("nature")
    headings = codes.choices("circumstance", grouped=True)
    assert [heading for heading, _ in headings] == ["Death", "Serious harm", "Other"]
    assert [choice for _, inside in headings for choice in inside] == codes.choices("circumstance")


def test_a_code_out_of_force_is_not_offered_but_keeps_its_label(monkeypatch):
    left, came = datetime.date(2026, 3, 31), datetime.date(2026, 4, 1)
    shire = codes.PickList(
        "shire",
        (codes.Code("old", "Old shire", in_force_to=left), codes.Code("new", "New shire", in_force_from=came)),
    )
    monkeypatch.setitem(codes.LISTS, "shire", shire)
    assert codes.choices("shire", on=left) == [("old", "Old shire")]
    assert codes.choices("shire", on=came) == [("new", "New shire")]
    assert codes.codes("shire") == ["old", "new"]
    assert codes.label("shire", "old") == "Old shire"
