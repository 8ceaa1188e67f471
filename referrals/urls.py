from django.urls import path

from referrals.views import acts, decision, fill_in, pages

urlpatterns = [
    # referrals/
    path("", pages.Referrals.as_view(), name="referrals"),
    path("start/", pages.Start.as_view(), name="open-referral"),
    path("key-in/", pages.KeyIn.as_view(), name="key-in-referral"),
    # referrals/RF-2026-001/
    path("<str:reference>/", pages.ReferralView.as_view(), name="referral"),
    path("<str:reference>/fill-in/<slug:section>/", fill_in.FillIn.as_view(), name="fill-in"),
    path("<str:reference>/rows/<slug:kind>/add/", fill_in.RowPage.as_view(), name="add-row"),
    path("<str:reference>/rows/<slug:kind>/<int:row>/", fill_in.RowPage.as_view(), name="fill-in-row"),
    path("<str:reference>/rows/<slug:kind>/<int:row>/remove/", fill_in.RemoveRow.as_view(), name="remove-row"),
    path("<str:reference>/rows/<slug:kind>/<int:row>/<slug:part>/", fill_in.RowPage.as_view(), name="fill-in-row"),
    path("<str:reference>/submit/", fill_in.Submit.as_view(), name="submit"),
    path("<str:reference>/sent/", pages.Sent.as_view(), name="sent"),
    path("<str:reference>/attach-file/", pages.AttachFile.as_view(), name="attach-file"),
    path("<str:reference>/files/<uuid:key>/", pages.File.as_view(), name="file"),
    path("<str:reference>/approve/", acts.Approve.as_view(), name="approve"),
    path("<str:reference>/return-to-referrer/", acts.ReturnToReferrer.as_view(), name="return-to-referrer"),
    path("<str:reference>/screen/", acts.Screen.as_view(), name="screen"),
    path("<str:reference>/ask/", acts.Ask.as_view(), name="ask"),
    path("<str:reference>/answer/", acts.Answer.as_view(), name="answer"),
    path("<str:reference>/tell-partners/", acts.TellPartners.as_view(), name="tell-partners"),
    path("<str:reference>/correct/", acts.Correct.as_view(), name="correct"),
    path("<str:reference>/send-to-panel/", acts.SendToPanel.as_view(), name="send-to-panel"),
    path("<str:reference>/attach/", acts.Attach.as_view(), name="attach"),
    path("<str:reference>/detach/", acts.Detach.as_view(), name="detach"),
    path("<str:reference>/pass-on/", acts.PassOn.as_view(), name="pass-on"),
    path("<str:reference>/panel/", decision.VirtualPanel.as_view(), name="virtual-panel"),
    path("<str:reference>/give-view/", decision.GiveView.as_view(), name="give-view"),
    path("<str:reference>/tell-outcome/", decision.TellOutcome.as_view(), name="tell-outcome"),
    path("<str:reference>/decide-notification/", decision.DecideNotification.as_view(), name="decide-notification"),
    path("<str:reference>/record-notification/", decision.RecordNotification.as_view(), name="record-notification"),
    path(
        "<str:reference>/withdraw-notification/",
        decision.WithdrawNotification.as_view(),
        name="withdraw-notification",
    ),
    path("<str:reference>/withdraw/", acts.Withdraw.as_view(), name="withdraw"),
]
