from django.urls import path

from rapid_reviews.views import chronology, decision, following, gathering, meeting, naming, report, summary

urlpatterns = [
    # rapid-reviews/
    path("", gathering.RapidReviews.as_view(), name="rapid-reviews"),
    path("open/<str:reference>/", gathering.OpenFromReferral.as_view(), name="open-from-referral"),
    # rapid-reviews/summaries/AS-2026-001/
    path("summaries/", summary.AgencySummaries.as_view(), name="agency-summaries"),
    path("summaries/<str:reference>/", summary.AgencySummaryView.as_view(), name="agency-summary"),
    path(
        "summaries/<str:reference>/fill-in/<slug:section>/",
        summary.FillInSummary.as_view(),
        name="fill-in-summary",
    ),
    path(
        "summaries/<str:reference>/rows/<slug:kind>/add/",
        summary.FillInSummaryRow.as_view(),
        name="add-summary-row",
    ),
    path(
        "summaries/<str:reference>/rows/<slug:kind>/<int:row>/",
        summary.FillInSummaryRow.as_view(),
        name="fill-in-summary-row",
    ),
    path(
        "summaries/<str:reference>/rows/<slug:kind>/<int:row>/remove/",
        summary.RemoveSummaryRow.as_view(),
        name="remove-summary-row",
    ),
    path("summaries/<str:reference>/changed/", summary.WhatChanged.as_view(), name="what-changed"),
    # It is waited for
    path("summaries/<str:reference>/chase-agency/", following.ChaseAgency.as_view(), name="chase-agency"),
    path("summaries/<str:reference>/extend-summary/", following.ExtendSummary.as_view(), name="extend-summary"),
    path("summaries/<str:reference>/go-without/", following.GoWithout.as_view(), name="go-without"),
    # Its sections shared among people of the agency
    path("summaries/<str:reference>/sections/", summary.WhoWritesWhat.as_view(), name="who-writes-what"),
    path("summaries/<str:reference>/sections/<slug:section>/give/", summary.GiveSection.as_view(), name="give-section"),
    path(
        "summaries/<str:reference>/sections/<slug:section>/take-back/",
        summary.TakeBackSection.as_view(),
        name="take-back-section",
    ),
    path(
        "summaries/<str:reference>/sections/<slug:section>/finish/",
        summary.FinishSection.as_view(),
        name="finish-section",
    ),
    path(
        "summaries/<str:reference>/sections/<slug:section>/reopen/",
        summary.ReopenSection.as_view(),
        name="reopen-section",
    ),
    path("summaries/<str:reference>/secure-records/", summary.SecureRecords.as_view(), name="secure-records"),
    path("summaries/<str:reference>/return-nil/", summary.ReturnNil.as_view(), name="return-nil"),
    path("summaries/<str:reference>/send-for-approval/", summary.SendForApproval.as_view(), name="send-for-approval"),
    path("summaries/<str:reference>/approve-summary/", summary.ApproveSummary.as_view(), name="approve-summary"),
    path("summaries/<str:reference>/return-to-author/", summary.ReturnToAuthor.as_view(), name="return-to-author"),
    path("summaries/<str:reference>/accept-summary/", summary.AcceptSummary.as_view(), name="accept-summary"),
    path("summaries/<str:reference>/accept-additions/", summary.AcceptAdditions.as_view(), name="accept-additions"),
    path("summaries/<str:reference>/send-back/", summary.SendBack.as_view(), name="send-back"),
    path("summaries/<str:reference>/waive-approval/", summary.WaiveApproval.as_view(), name="waive-approval"),
    path("summaries/<str:reference>/key-in-summary/", summary.KeyInSummary.as_view(), name="key-in-summary"),
    path("summaries/<str:reference>/enter-summary/", summary.EnterSummary.as_view(), name="enter-summary"),
    path("summaries/<str:reference>/reopen-summary/", summary.ReopenSummary.as_view(), name="reopen-summary"),
    path("summaries/<str:reference>/readers/", summary.SummaryReaders.as_view(), name="summary-readers"),
    path("summaries/<str:reference>/chronology/", summary.SummaryChronology.as_view(), name="summary-chronology"),
    # A chronology brought as a file
    path("summaries/<str:reference>/import/", summary.BringChronology.as_view(), name="bring-chronology"),
    path(
        "summaries/<str:reference>/import/<int:brought>/",
        summary.ImportChronology.as_view(),
        name="import-chronology",
    ),
    path("summaries/<str:reference>/import/<int:brought>/columns/", summary.MapColumns.as_view(), name="map-columns"),
    path(
        "summaries/<str:reference>/import/<int:brought>/rows/<int:row>/",
        summary.PutRowRight.as_view(),
        name="put-row-right",
    ),
    path("summaries/<str:reference>/import/<int:brought>/undo/", summary.UndoImport.as_view(), name="undo-import"),
    # What of a summary is not to be shared
    path("summaries/<str:reference>/not-shared/", summary.NotShared.as_view(), name="not-shared"),
    path(
        "summaries/<str:reference>/not-shared/<int:restriction>/",
        summary.DisclosureRestrictionView.as_view(),
        name="disclosure-restriction",
    ),
    path(
        "summaries/<str:reference>/not-shared/<int:restriction>/review/",
        summary.ReviewDisclosure.as_view(),
        name="review-disclosure",
    ),
    path(
        "summaries/<str:reference>/not-shared/<int:restriction>/lift/",
        summary.LiftDisclosure.as_view(),
        name="lift-disclosure",
    ),
    path(
        "summaries/<str:reference>/not-shared/<slug:kind>/<slug:which>/",
        summary.RestrictDisclosure.as_view(),
        name="restrict-disclosure",
    ),
    path("summaries/<str:reference>/files/<uuid:key>/", summary.SummaryFile.as_view(), name="summary-file"),
    # rapid-reviews/RR-2026-001/
    path("<str:reference>/", gathering.RapidReviewView.as_view(), name="rapid-review"),
    path("<str:reference>/appoint-chair/", gathering.AppointChair.as_view(), name="appoint-chair"),
    path("<str:reference>/declare-no-conflict/", gathering.DeclareNoConflict.as_view(), name="declare-no-conflict"),
    path("<str:reference>/plan/", gathering.Plan.as_view(), name="plan"),
    path("<str:reference>/ask-agencies/", gathering.AskAgencies.as_view(), name="ask-agencies"),
    path("<str:reference>/add-agency/", gathering.AddAgency.as_view(), name="add-agency"),
    path("<str:reference>/agencies/", following.Agencies.as_view(), name="agencies"),
    path("<str:reference>/share-chronology/", gathering.ShareChronology.as_view(), name="share-chronology"),
    path("<str:reference>/issue-pack/", gathering.IssuePack.as_view(), name="issue-pack"),
    path("<str:reference>/chronology/", chronology.Chronology.as_view(), name="chronology"),
    path("<str:reference>/chronology/print/", chronology.PrintChronology.as_view(), name="print-chronology"),
    path("<str:reference>/pack/", chronology.Pack.as_view(), name="pack"),
    path("<str:reference>/pack/print/", chronology.PrintPack.as_view(), name="print-pack"),
    # Names as labels
    path("<str:reference>/names/", naming.NameKey.as_view(), name="name-key"),
    path("<str:reference>/names/replace/", naming.ReplaceNamesView.as_view(), name="replace-names"),
    path("<str:reference>/names/add/", naming.LabelPerson.as_view(), name="label-person"),
    path("<str:reference>/names/<int:row>/remove/", naming.RemoveLabel.as_view(), name="remove-label"),
    # The meeting
    path("<str:reference>/meeting/", meeting.MeetingView.as_view(), name="meeting"),
    path("<str:reference>/meeting/record/", meeting.RecordMeeting.as_view(), name="record-meeting"),
    path("<str:reference>/meeting/<slug:group>/", meeting.FillInMeeting.as_view(), name="fill-in-meeting"),
    path(
        "<str:reference>/meeting/rows/<slug:kind>/add/",
        meeting.FillInMeetingRow.as_view(),
        name="add-meeting-row",
    ),
    path(
        "<str:reference>/meeting/rows/<slug:kind>/<int:row>/",
        meeting.FillInMeetingRow.as_view(),
        name="fill-in-meeting-row",
    ),
    path(
        "<str:reference>/meeting/rows/<slug:kind>/<int:row>/remove/",
        meeting.RemoveMeetingRow.as_view(),
        name="remove-meeting-row",
    ),
    # The report
    path("<str:reference>/report/", report.Report.as_view(), name="report"),
    path("<str:reference>/report/sections/<str:section>/", report.EditSection.as_view(), name="edit-section"),
    path("<str:reference>/report/analysis/<slug:kind>/add/", report.EditAnalysis.as_view(), name="add-analysis"),
    path(
        "<str:reference>/report/analysis/<slug:kind>/<int:row>/",
        report.EditAnalysis.as_view(),
        name="edit-analysis",
    ),
    path(
        "<str:reference>/report/analysis/<slug:kind>/<int:row>/remove/",
        report.RemoveAnalysis.as_view(),
        name="remove-analysis",
    ),
    path("<str:reference>/report/recommendation/", report.EditRecommendation.as_view(), name="edit-recommendation"),
    path("<str:reference>/report/deciles/", report.EditDeciles.as_view(), name="edit-deciles"),
    path("<str:reference>/issue-draft/", report.IssueDraft.as_view(), name="issue-draft"),
    path("<str:reference>/comment/", report.GiveComment.as_view(), name="comment"),
    path("<str:reference>/comments/", report.Comments.as_view(), name="comments"),
    path("<str:reference>/close-comments/", report.CloseComments.as_view(), name="close-comments"),
    path("<str:reference>/lock-for-signature/", report.LockForSignature.as_view(), name="lock-for-signature"),
    # The decision
    path("<str:reference>/sign-off/", decision.SignOff.as_view(), name="sign-off"),
    path("<str:reference>/document/<uuid:key>/", decision.Document.as_view(), name="rapid-review-document"),
    path("<str:reference>/make-pdf-again/", decision.MakePdfAgain.as_view(), name="make-pdf-again"),
    path("<str:reference>/submit-report/", decision.SubmitReport.as_view(), name="submit-report"),
    path("<str:reference>/record-reply/", decision.RecordReply.as_view(), name="record-reply"),
    path("<str:reference>/end-review/", decision.EndReview.as_view(), name="end-review"),
    path("<str:reference>/close-review/", decision.CloseReview.as_view(), name="close-review"),
]
