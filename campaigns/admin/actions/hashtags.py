"""What the page of a hashtag push has beside others: the button that withdraws a hashtag which others took over."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import tasks
from campaigns.admin.access import organiser_of
from campaigns.admin.alerts.calling_off import call_off
from campaigns.admin.explain import REFUSALS, explain
from campaigns.models import HashtagPush

if TYPE_CHECKING:
    from campaigns.admin.actions.page import ActionAdmin as Inner
else:
    Inner = object


class HashtagPage(Inner):
    """One tap, at once, on all phones that ask."""

    def get_urls(self) -> list[URLPattern]:
        """One more than every action has."""
        view, name = self.admin_site.admin_view(self.withdraw_view), f"campaigns_{self.opts.model_name}_withdraw"
        return [path("<int:pk>/withdraw-hashtag/", view, name=name), *super().get_urls()]

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Withdraws the hashtag. A GET changes nothing."""
        push: HashtagPush = self.action_or_404(request, pk)
        if request.method == "POST":
            try:
                withdraw(request, push)
            except REFUSALS as error:
                messages.error(request, explain(error))
        return self.page_of(pk)


def withdraw(request: HttpRequest, push: HashtagPush) -> None:
    """Does it with all that hangs on it, and says what does not happen by itself."""
    now = timezone.now()
    with transaction.atomic():
        others = push.with_same_hashtag()
        proposed = set()
        for one in (push, *others):
            one.withdraw_hashtag(now, organiser_of(request))
            if call_off(one, now):
                proposed.add(one.pk)
        tasks.enqueue_previews()
    messages.success(
        request, _("#%(hashtag)s is withdrawn: no phone is given it any more.") % {"hashtag": push.hashtag}
    )
    for other in others:
        messages.success(request, _("It is withdrawn from “%(action)s” too.") % {"action": other})
        if other.pk in proposed:
            text = _("A correction is ready on the page of “%(action)s”: schedule it there.")
            messages.warning(request, text % {"action": other})
    if push.pk in proposed:
        messages.warning(request, _("A correction is ready below: look at it, change it, schedule it."))
    else:
        messages.warning(
            request,
            _("Nobody is told by a message of its own: to whom an alert went, a correction below can say so."),
        )
