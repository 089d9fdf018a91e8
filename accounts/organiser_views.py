"""An organiser's own phones: tying one by a link or QR code, and untying it."""

from uuid import UUID

from allauth.account.views import password_set
from django.conf import settings
from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from accounts.adapter import has_second_factor
from accounts.confirming import ask_again, confirmed_recently
from accounts.models import Device, OrganiserDevice, Subscription, TieCode, User
from accounts.models.device import TIE_CODE_LIFETIME
from mobilise.drawing.qr import draw_qr_code


def tied_devices_of(user: User) -> QuerySet[OrganiserDevice]:
    """The organiser's phones; ``subscribed`` says whether alerts are on there."""
    subscribed = Exists(Subscription.objects.filter(device_id=OuterRef("device_id")))
    return OrganiserDevice.objects.filter(user=user).annotate(subscribed=subscribed).select_related("device")


def set_password(request: HttpRequest) -> HttpResponse:
    """Gives an account that has only a passkey a password too: a way in, so whoever has a second factor confirms."""
    user = request.user
    if isinstance(user, User) and has_second_factor(user) and not confirmed_recently(request):
        return ask_again(request)
    response: HttpResponse = password_set(request)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def phones(request: HttpRequest) -> HttpResponse:
    """Lists the organiser's phones; a POST makes the code that ties another."""
    assert isinstance(request.user, User)  # noqa: S101  # the site let nobody else in
    context = {"phones": tied_devices_of(request.user).order_by("tied_on", "pk"), "minutes": _minutes()}
    if request.method == "POST":
        code = TieCode.objects.make(request.user, timezone.now())
        link = f"{settings.SITE_URL}{reverse('tie_phone', args=[code])}"
        context |= {"link": link, "qr_code": draw_qr_code(link)}
    return render(request, "account/phones.html", context)


@require_POST
def untie(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The phone is the organiser's no longer."""
    get_object_or_404(OrganiserDevice, device__uuid=uuid, user=request.user).delete()
    messages.success(request, _("The phone is untied: it gets no more tests."))
    return redirect("organiser_phones")


@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def tie(request: HttpRequest, code: str) -> HttpResponse:
    """What the phone opens. Only the button uses the code up: a link preview must not."""
    if request.method != "POST":
        # A link from elsewhere arrives without the device's SameSite=Strict cookie; the button's POST brings it.
        return render(request, "account/tie_phone.html")
    device = Device.objects.from_cookie(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""))
    if device is None or not Subscription.objects.filter(device=device).exists():
        return render(request, "account/tie_phone.html", {"outcome": "no_alerts"}, status=409)
    if TieCode.objects.redeem(code, device, timezone.now()) is None:
        return render(request, "account/tie_phone.html", {"outcome": "too_late"}, status=410)
    return render(request, "account/tie_phone.html", {"outcome": "tied"})


def _minutes() -> int:
    return int(TIE_CODE_LIFETIME.total_seconds() // 60)
