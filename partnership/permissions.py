"""Every permission there is, each with the sentence that says what it lets a person do."""

from enum import StrEnum


class Permission(StrEnum):
    def __new__(cls, code, sentence):
        member = str.__new__(cls, code)
        member._value_ = code
        member.sentence = sentence
        return member

    # Referrals
    OPEN_REFERRAL = "open_referral", "Open a referral of a serious incident."
    KEY_IN_REFERRAL = "key_in_referral", "Key in a referral that came by e-mail, letter or telephone."
    VIEW_REFERRAL = "view_referral", "Read the referral of a case."
    EDIT_REFERRAL = "edit_referral", "Fill in a referral that has not been sent."
    SUBMIT_REFERRAL = "submit_referral", "Send a referral to the agency's senior manager."
    APPROVE_REFERRAL = "approve_referral", "Approve a referral, or return it, as the agency's senior manager."
    SEE_WAITING_REFERRALS = "see_waiting_referrals", "See that a referral waits for approval: agency and age only."
    SCREEN_REFERRAL = "screen_referral", "Screen a received referral and record the moments the timescales need."
    VIEW_SCREENING = "view_screening", "Read the business unit's screening page, possible duplicates included."
    ANSWER_QUESTIONS = "answer_questions", "Answer the business unit’s questions about a referral."
    # Decision
    GIVE_PANEL_VIEW = "give_panel_view", "Give a view as a Virtual Panel member or alternate."
    VIEW_PANEL = "view_panel", "Read the Virtual Panel's views, after one's own."
    TELL_OUTCOME = "tell_outcome", "Tell the referrer the outcome, with the reasons."
    DECIDE_NOTIFICATION = "decide_notification", "Record the local authority's decision and its notification."
    # Addresses
    SEE_CONFIDENTIAL_ADDRESS = "see_confidential_address", "See an address that is marked confidential."
    # Who sees a case
    MANAGE_ACCESS = "manage_access", "Restrict a case, say who holds it, keep somebody out of it."
    EMERGENCY_ACCESS = "emergency_access", "See a case for an hour, in an emergency, with a reason that is told."
    READ_TRAIL = "read_trail", "Read who looked at a case and who changed what in it."
    READ_EMAILS = "read_emails", "Read which e-mails were sent about a case, to whom, and if they were accepted."
    # Rapid review
    VIEW_RAPID_REVIEW = "view_rapid_review", "See a rapid review: its stage, dates and people."
    RUN_RAPID_REVIEW = "run_rapid_review", "Open a rapid review, ask agencies, record the meeting, issue the pack."
    RETURN_SUMMARY = "return_summary", "Write the single agency summary that the agency was asked for."
    WRITE_SECTION = "write_section", "Write the sections of the agency's summary that one was given."
    ENTER_SUMMARY = "enter_summary", "Enter a summary that came by e-mail, accept one or send it back."
    WAIVE_APPROVAL = "waive_approval", "Let an agency return its summary without a second person's approval."
    APPROVE_SUMMARY = "approve_summary", "Approve the agency's summary as somebody other than its author."
    RESTRICT_DISCLOSURE = "restrict_disclosure", "Mark what is not to be shared of a summary, review that and lift it."
    SEE_RESTRICTED = "see_restricted", "Read what agencies have marked as not to be shared."
    READ_PACK = "read_pack", "Read the pack: summaries and the combined chronology, from its issue."
    DECLARE_NO_CONFLICT = "declare_no_conflict", "Declare the absence of a conflict as the appointed chair."
    EDIT_REPORT = "edit_report", "Edit the rapid review report."
    COMMENT_REPORT = "comment_report", "Agree the draft report or comment on it, by section."
    CLOSE_COMMENTS = "close_comments", "Close the comment round as the chair."
    SIGN_OFF = "sign_off", "Decide and sign for a statutory partner."
    SUBMIT_REPORT = "submit_report", "Record that the report was sent to the National Panel, and its reply."
    # The house
    VIEW_BOARD = "view_board", "See all open timescales: reference and stage, no case content."
    MOVE_DATES = "move_dates", "Extend or pause a local date, and record the delay of a national one."
    VIEW_TIMELINE = "view_timeline", "Read the timeline of a case, and who may see it and why."
    KEEP_CALENDAR = (
        "keep_calendar",
        "Enter and take out bank holidays and closure days, and set the partnership’s own lengths.",
    )
    MANAGE_PEOPLE = "manage_people", "Invite people, give and end their roles, let them sign in or not."
    CONFIGURE = "configure", "Change the partnership's settings, agencies and people."
    ADD_AGENCY = "add_agency", "Add an agency with its lead, and invite them."
