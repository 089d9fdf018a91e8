"""The calls of the API, all below /api/v1/."""

from django.urls import path

from accounts.views.config import ConfigView
from accounts.views.subscription import SubscriptionView, TestAlertView
from accounts.views.transfer import IconTransferView, SealedView, TransferView
from campaigns.views.actions import ActionView, PulseView
from campaigns.views.campaigns import CampaignsView, CampaignView, FollowView
from campaigns.views.device import DevicesView, ThisDeviceView, VerificationView
from campaigns.views.export import ExportView
from campaigns.views.feed import CampaignFeedView, FeedView
from campaigns.views.outreach import ClaimView, GivenBackView, OutcomeView
from campaigns.views.participation import ParticipationsView, ParticipationView
from campaigns.views.pictures import PictureView
from campaigns.views.reach import ReachView
from campaigns.views.receipts import ReceiptView
from campaigns.views.rights import RightsView
from campaigns.views.transfer import TakeOverView

urlpatterns = [
    path("config", ConfigView.as_view()),
    path("rights", RightsView.as_view()),
    path("devices", DevicesView.as_view()),
    path("device", ThisDeviceView.as_view()),
    path("device/export", ExportView.as_view()),
    path("device/subscription", SubscriptionView.as_view()),
    path("device/subscription/verification", VerificationView.as_view()),
    path("device/reach", ReachView.as_view()),
    path("device/test-alert", TestAlertView.as_view()),
    path("device/transfer", TransferView.as_view()),
    path("device/transfer/icon", IconTransferView.as_view()),
    path("device/transfer/sealed", SealedView.as_view()),
    path("device/transfer/takeover", TakeOverView.as_view()),
    path("campaigns", CampaignsView.as_view()),
    path("campaigns/<slug:slug>", CampaignView.as_view()),
    path("campaigns/<slug:slug>/follow", FollowView.as_view()),
    path("campaigns/<slug:slug>/feed", CampaignFeedView.as_view()),
    path("feed", FeedView.as_view()),
    path("actions/<uuid:action>", ActionView.as_view()),
    path("actions/<uuid:action>/pulse", PulseView.as_view()),
    path("actions/<uuid:action>/participation", ParticipationView.as_view()),
    path("actions/<uuid:action>/claim", ClaimView.as_view()),
    path("actions/<uuid:action>/claim/<uuid:claim>", GivenBackView.as_view()),
    path("actions/<uuid:action>/claim/<uuid:claim>/outcome", OutcomeView.as_view()),
    path("pictures/<uuid:picture>", PictureView.as_view()),
    path("participations", ParticipationsView.as_view()),
    path("alerts/<uuid:alert>/receipts", ReceiptView.as_view()),
]
