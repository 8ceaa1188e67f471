from django.apps import AppConfig


class RapidReviewsConfig(AppConfig):
    """What the agencies together know within fifteen working days, and what they tell the National Panel."""

    name = "rapid_reviews"
    verbose_name = "Rapid reviews"
    timeline = {
        "open_from_referral": "Rapid review opened",
        "appoint_chair": "Chair and author appointed",
        "chair_left": "The chair has left",
        "declare_no_conflict": "No conflict of interest declared",
        "ask_agencies": "Agencies asked for their summaries",
        "ask_agency": "Agency asked for its summary",
        "add_agency": "Agency added",
        "share_chronology": "Combined chronology shared",
        "issue_pack": "Pack issued",
        "record_meeting": "Meeting recorded",
        "issue_draft": "Draft report issued",
        "comment": "Draft report agreed or commented on",
        "close_comments": "Round of comments closed",
        "lock_for_signature": "Report locked for signature",
        "freeze_version": "Version of the report kept",
        "signatory_asked": "Asked to sign: appointed since the report was locked",
        "signatory_left": "Asked to sign no more: the appointment has ended",
        "void_signatures": "Signatures void: the report was changed",
        "sign_off": "Report decided on and signed",
        "partners_decided": "The safeguarding partners decided",
        "make_pdf_again": "PDF asked for again",
        "submit_report": "Report sent to the National Panel",
        "record_reply": "National Panel’s reply recorded",
        "end_review": "Rapid review ended: the serious incident notification was withdrawn",
        "close_review": "Rapid review closed",
        "secure_records": "Records secured",
        "return_nil": "Nil return made",
        "send_for_approval": "Summary sent for approval",
        "waive_approval": "Approval of the summary waived",
        "approve_summary": "Summary approved and returned",
        "return_to_author": "Summary returned to its author",
        "accept_summary": "Summary accepted",
        "joined_family": "Person added to the family",
        "import_chronology": "Chronology imported from a file",
        "undo_import": "Import of a chronology undone",
        "left_family": "Person taken off the family again",
        "chase_agency": "Agency chased",
        "go_without": "The review goes on without a summary",
        "send_back": "Summary sent back to the agency",
        "key_in_summary": "Summary keyed in for the agency",
        "enter_summary": "Summary entered",
        "reopen_summary": "Summary opened again",
        "restrict_disclosure": "A passage is withheld",
        "review_disclosure": "What is withheld was looked at again",
        "lift_disclosure": "A passage is no longer withheld",
    }
    """How the timeline says what was done."""

    def ready(self):
        from casework import documents, handover, named, printouts
        from deadlines import rules
        from partnership.permissions import Permission
        from rapid_reviews import printed, queries, workflow

        documents.KINDS["rapid_review_report"] = documents.Kind("pdf/rapid_review_report.html", Permission.READ_PACK)
        printouts.KINDS |= printed.KINDS
        handover.KINDS |= {
            "author": handover.Kind(queries.summaries_written_by, workflow.pass_authorship),
            "summary_approver": handover.Kind(queries.summaries_to_approve, workflow.pass_summary_approval),
            "panel_member": handover.Kind(queries.panels_of, workflow.pass_panel_seat),
            "section": handover.Kind(queries.sections_written_by, workflow.pass_section),
            "chair": handover.Kind(queries.chaired_by, workflow.leave_chair),
        }
        handover.FOLLOWERS[rules.SIGN_OFF.code] = workflow.follow_register_of_all
        named.SOURCES.append(queries.people_named)
