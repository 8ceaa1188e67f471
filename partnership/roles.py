"""The role matrix on one screen.

A *standing* role is held through a `Membership` and reaches every case that has been received. A *case* role is held
through an `access.Access` row and reaches that case alone, while the row lasts. Codes are stored, never class paths.
"""

from django.db.models import TextChoices

from partnership.permissions import Permission as P


class Role(TextChoices):
    """Standing roles. What is not in GRANTS for a role, the role cannot do."""

    BUSINESS_MANAGER = "business_manager", "Business Manager"
    BUSINESS_COORDINATOR = "business_coordinator", "Business Co-ordinator"
    REFERRER = "referrer", "Referrer"
    APPROVER = "approver", "Senior manager who approves referrals"
    AGENCY_LEAD = "agency_lead", "Agency safeguarding lead"
    PANEL_MEMBER = "panel_member", "Virtual Panel member"
    DELEGATED_PARTNER = "delegated_partner", "Delegated safeguarding partner"
    LA_NOTIFIER = "la_notifier", "Local authority notifier"
    REVIEWER = "reviewer", "Independent reviewer"
    SCRUTINEER = "scrutineer", "Independent Scrutineer"
    MANAGER = "manager", "Manager"
    SCHOOL = "school", "School"
    ADMINISTRATOR = "administrator", "Administrator"


class CaseRole(TextChoices):
    """What a person or an agency is in one case."""

    REFERRER = "case_referrer", "Referrer"
    APPROVER = "case_approver", "Approver of the referral"
    PANEL_MEMBER = "case_panel_member", "Virtual Panel member"
    NOTIFIER = "case_notifier", "Local authority notifier"
    ASKED_AGENCY = "case_asked_agency", "Asked for a single agency summary"
    SECTION_WRITER = "case_section_writer", "Writes sections of the agency's summary"
    SUMMARY_APPROVER = "case_summary_approver", "Approver of the agency's summary"
    CHAIR = "case_chair", "Chair and author"
    REVIEW_PANEL_MEMBER = "case_review_panel_member", "Rapid review panel member"
    PACK_READER = "case_pack_reader", "Reader of the chronology before the pack is issued"
    SIGNATORY = "case_signatory", "Delegated safeguarding partner"
    HOLDER = "case_holder", "Holder of the restricted case"
    EMERGENCY = "case_emergency", "Emergency access"


BUSINESS_TEAM = (Role.BUSINESS_MANAGER, Role.BUSINESS_COORDINATOR)

_TEAM = frozenset(
    {
        P.OPEN_REFERRAL,
        P.KEY_IN_REFERRAL,
        P.VIEW_REFERRAL,
        P.EDIT_REFERRAL,
        P.SUBMIT_REFERRAL,
        P.SEE_WAITING_REFERRALS,
        P.SCREEN_REFERRAL,
        P.VIEW_SCREENING,
        P.ANSWER_QUESTIONS,
        P.VIEW_PANEL,
        P.TELL_OUTCOME,
        P.SEE_CONFIDENTIAL_ADDRESS,
        P.VIEW_RAPID_REVIEW,
        P.RUN_RAPID_REVIEW,
        P.READ_PACK,
        P.ENTER_SUMMARY,
        P.EDIT_REPORT,
        P.SUBMIT_REPORT,
        P.VIEW_BOARD,
        P.MOVE_DATES,
        P.READ_EMAILS,
        P.VIEW_TIMELINE,
        P.ADD_AGENCY,
    }
)

GRANTS = {
    # Standing roles: every case that was received, minus exclusions. The last line of each says what it is kept from.
    Role.BUSINESS_MANAGER: _TEAM
    | {P.WAIVE_APPROVAL, P.MANAGE_ACCESS, P.EMERGENCY_ACCESS, P.READ_TRAIL, P.MANAGE_PEOPLE}
    | {P.RESTRICT_DISCLOSURE, P.SEE_RESTRICTED, P.KEEP_CALENDAR},
    Role.BUSINESS_COORDINATOR: _TEAM | {P.EMERGENCY_ACCESS},
    Role.REFERRER: frozenset({P.OPEN_REFERRAL}),
    Role.APPROVER: frozenset({P.OPEN_REFERRAL}),
    Role.AGENCY_LEAD: frozenset({P.OPEN_REFERRAL}),
    Role.PANEL_MEMBER: frozenset({P.OPEN_REFERRAL, P.EMERGENCY_ACCESS}),
    Role.DELEGATED_PARTNER: frozenset({P.OPEN_REFERRAL, P.EMERGENCY_ACCESS}),
    Role.LA_NOTIFIER: frozenset({P.OPEN_REFERRAL}),
    Role.REVIEWER: frozenset(),
    Role.SCRUTINEER: frozenset(),
    Role.MANAGER: frozenset({P.VIEW_BOARD}),
    Role.SCHOOL: frozenset({P.OPEN_REFERRAL}),
    Role.ADMINISTRATOR: frozenset({P.CONFIGURE, P.MANAGE_PEOPLE, P.KEEP_CALENDAR}),
    # Case roles: this case, while the access lasts.
    CaseRole.REFERRER: frozenset({P.VIEW_REFERRAL, P.EDIT_REFERRAL, P.SUBMIT_REFERRAL, P.ANSWER_QUESTIONS}),
    CaseRole.APPROVER: frozenset({P.VIEW_REFERRAL, P.APPROVE_REFERRAL}),
    CaseRole.PANEL_MEMBER: frozenset({P.VIEW_REFERRAL, P.VIEW_TIMELINE, P.GIVE_PANEL_VIEW, P.VIEW_PANEL}),
    CaseRole.NOTIFIER: frozenset({P.VIEW_REFERRAL, P.VIEW_TIMELINE, P.VIEW_PANEL, P.DECIDE_NOTIFICATION}),
    CaseRole.ASKED_AGENCY: frozenset({P.RETURN_SUMMARY, P.WRITE_SECTION, P.RESTRICT_DISCLOSURE}),
    CaseRole.SECTION_WRITER: frozenset({P.WRITE_SECTION}),
    CaseRole.SUMMARY_APPROVER: frozenset({P.APPROVE_SUMMARY}),
    CaseRole.CHAIR: frozenset(
        {P.VIEW_REFERRAL, P.VIEW_TIMELINE, P.VIEW_RAPID_REVIEW, P.DECLARE_NO_CONFLICT, P.EDIT_REPORT, P.CLOSE_COMMENTS}
    ),
    CaseRole.PACK_READER: frozenset({P.VIEW_RAPID_REVIEW, P.READ_PACK}),
    CaseRole.REVIEW_PANEL_MEMBER: frozenset({P.VIEW_RAPID_REVIEW, P.READ_PACK, P.COMMENT_REPORT}),
    CaseRole.SIGNATORY: frozenset({P.VIEW_REFERRAL, P.VIEW_TIMELINE, P.VIEW_RAPID_REVIEW, P.READ_PACK, P.SIGN_OFF}),
    CaseRole.HOLDER: frozenset(),  # brings nothing by itself: the holder's standing roles reach the restricted case
    CaseRole.EMERGENCY: frozenset({P.VIEW_REFERRAL, P.VIEW_TIMELINE, P.VIEW_PANEL, P.VIEW_RAPID_REVIEW, P.READ_PACK}),
}
"""Which permissions each role brings."""

_NEVER_LENT = frozenset({P.MANAGE_ACCESS, P.MANAGE_PEOPLE, P.EMERGENCY_ACCESS})

LENT = {
    role: GRANTS[role] - _NEVER_LENT
    for role in (
        *BUSINESS_TEAM,  # to somebody of the business team alone
        Role.REFERRER,
        Role.APPROVER,
        Role.AGENCY_LEAD,
        Role.LA_NOTIFIER,
        Role.MANAGER,
        Role.SCHOOL,
        CaseRole.REFERRER,
        CaseRole.APPROVER,
        CaseRole.NOTIFIER,
        CaseRole.SUMMARY_APPROVER,
        CaseRole.REVIEW_PANEL_MEMBER,
    )
}
"""What a role brings to who covers for its holder.

Not here: a partner's signature and the Virtual Panel's view, which take an appointment as deputy or alternate; the
chair, who is appointed and declares for themselves; a section of a summary, which the agency's lead gives to somebody
else in a moment; a restricted case, which has its holders; an emergency.
"""


def roles_granting(permission):
    """This will return the roles, standing and case, that bring this permission."""
    return [role for role, granted in GRANTS.items() if permission in granted]


def roles_lending(permission):
    """This will return the roles whose holder lends this permission to who covers for them."""
    return [role for role, lent in LENT.items() if permission in lent]
