"""Alerts on the page of their action: a card each, editable until it is sent."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.admin.access import organiser_of
from campaigns.admin.alerts import moving, timing
from campaigns.admin.alerts.cards import AlertCard
from campaigns.admin.base import RoleInline
from campaigns.admin.cases.refusing import WithoutWithheldNames
from campaigns.admin.explain import REFUSALS, explain
from campaigns.admin.fields.departements import DepartementsField
from campaigns.admin.fields.moments import keep_moments
from campaigns.admin.fields.plan import PlanField
from campaigns.admin.fields.texts import TextsField
from campaigns.kinds import Purpose
from campaigns.models import Act, Action, Alert, AlertState

if TYPE_CHECKING:
    AlertModelFormSet = forms.BaseInlineFormSet[Alert, Action, "AlertForm"]
else:
    AlertModelFormSet = forms.BaseInlineFormSet

EDITABLE = ("title", "body", "audience", "departements", "send_at", "expires_at", "purpose", "urgency")
# The plan is one field of the form and two columns.
INPUTS, COLUMNS = (*EDITABLE, "plan"), (*EDITABLE, "anchor", "offset")


class AlertForm(WithoutWithheldNames):
    """One alert. What is being sent, or was, cannot be changed; what somebody else changed is not overwritten."""

    plan = PlanField(
        label=gettext_lazy("When"),
        help_text=gettext_lazy("Counted from the action, it moves with it. The hour below follows from this line."),
    )
    departements = DepartementsField(
        label=gettext_lazy("Only in these departements"),
        help_text=gettext_lazy(
            "Only phones that gave one of these. None chosen: wherever they are. On a computer: several with Ctrl."
        ),
    )
    # What the organiser had before them; see clean().
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        """Everything but its life."""

        model = Alert
        fields = EDITABLE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.card: AlertCard | None = None
        self.typed: set[str] = set()
        self.left_its_plan = False
        self.was_stored = self.instance.pk is not None
        self.stored_digest = self.instance.digest if self.was_stored else ""
        self.stored_state = self.instance.state
        self.is_fixed = self.was_stored and not self.instance.is_editable
        self.fields["seen"].initial = self.stored_digest
        self.fields["shown"].initial = timing.as_shown(self.instance)
        self.fields["plan"].initial = timing.plan_of(self.instance)
        keep_moments(self)
        for name in timing.MOMENTS:
            self.fields[name].required = False
        self._offer_what_makes_sense()
        for name, form_field in self.fields.items():
            form_field.disabled |= self.is_fixed and name in INPUTS

    def _offer_what_makes_sense(self) -> None:
        """A correction goes to whoever had the wrong alert; nothing else is called one."""
        urgency, purpose = self.fields["urgency"], self.fields["purpose"]
        urgency.choices = [("", _("as usual for its kind")), *urgency.choices[1:]]  # type: ignore[attr-defined]
        # The news of a ban is one although it may correct no alert: none may have been sent.
        is_correction = self.was_stored and self.instance.purpose == Purpose.CORRECTION
        purpose.disabled = self.fields["audience"].disabled = self.fields["departements"].disabled = is_correction
        if not is_correction:
            purpose.choices = [pair for pair in purpose.choices if pair[0] != Purpose.CORRECTION]  # type: ignore[attr-defined]

    @property
    def came_too_late(self) -> bool:
        """Whether something was typed into an alert that had begun to be sent in the meantime."""
        return self.is_fixed and self.data.get(self.add_prefix("seen"), "") == self.stored_digest and self._was_typed_in

    @property
    def _was_typed_in(self) -> bool:
        for name in ("title", "body"):
            text_field = cast(TextsField, self.fields[name])
            typed = text_field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            if any(typed) and text_field.differs(getattr(self.instance, name), typed):
                return True
        return False

    def clean(self) -> dict[str, Any]:
        """Refuses to overwrite what somebody else changed since the page was made; makes a window of the plan."""
        cleaned = super().clean() or self.cleaned_data
        seen = cleaned.get("seen")
        if seen and self.was_stored and not self.is_fixed and seen != self.stored_digest:
            raise ValidationError(_("Somebody changed this alert meanwhile. Reload the page to see it."), code="stale")
        if not self.is_fixed:
            self.typed = timing.typed_moments(self)
            timing.settle(self, cleaned, self.typed)
        return cleaned

    @property
    def is_touched(self) -> bool:
        """Whether the organiser changed something. Hours that follow from the plan are not theirs."""
        changed = set(self.changed_data) & set(INPUTS)
        if self.instance.is_relative:
            changed -= set(timing.MOMENTS) - self.typed
        return bool(changed)


class AlertFormSet(AlertModelFormSet):
    """The alerts of one action. Only drafts can be deleted."""

    def add_fields(self, form: Any, index: int | None) -> None:
        """No box to delete what is scheduled: cancel it."""
        super().add_fields(form, index)
        form.instance.action = self.instance
        if form.instance.pk and form.instance.state != AlertState.DRAFT:
            form.fields.pop(DELETION_FIELD_NAME, None)

    def _says_delete(self, form: AlertForm) -> bool:
        """Ticked on a page on which it still was a draft: the box is not one of the form's any more."""
        ticked = form.data.get(form.add_prefix(DELETION_FIELD_NAME))
        return bool(ticked) and form.instance.pk is not None and DELETION_FIELD_NAME not in form.fields

    def save_for(self, request: HttpRequest) -> None:
        """Stores what was changed; a scheduled alert passes through draft and is scheduled again."""
        for form in self.initial_forms:
            if form.came_too_late:
                text = _("“%(alert)s” is being sent: your change to it came too late.") % {"alert": form.instance}
                messages.error(request, text)
            elif self._says_delete(form):
                text = _("“%(alert)s” is no draft any more: it was not deleted. Cancel it if it must not be sent.")
                messages.error(request, text % {"alert": form.instance})
            elif form.cleaned_data.get(DELETION_FIELD_NAME):
                _delete(request, form.instance)
            # Without a key it is a forged row: of another action, or of none.
            elif form.instance.pk and form.is_touched:
                _save_changed(request, form.instance)
                if form.left_its_plan:
                    text = _("“%(alert)s” has a moment of its own now: it does not move with the action.")
                    messages.info(request, text % {"alert": form.instance})
        for form in self.extra_forms:
            if form.has_changed() and not form.cleaned_data.get(DELETION_FIELD_NAME):
                _save_new(self.instance, form.instance)


class AlertInline(RoleInline):
    """The cards."""

    model = Alert
    form = AlertForm
    formset = AlertFormSet  # type: ignore[assignment]  # bound to its own form
    template = "admin/campaigns/alerts.html"
    fieldsets = (
        (None, {"fields": ("title", "body", "audience", "plan", ("send_at", "expires_at"))}),
        (gettext_lazy("Only in some departements"), {"fields": ("departements",), "classes": ("collapse",)}),
        (
            gettext_lazy("Purpose and urgency"),
            {"fields": ("purpose", "urgency", "seen", "shown"), "classes": ("collapse",)},
        ),
    )


def _delete(request: HttpRequest, alert: Alert) -> None:
    """Of two taps one finds it."""
    with transaction.atomic():
        text = alert.in_words
        if Alert.objects.filter(pk=alert.pk, state=AlertState.DRAFT).delete()[0]:
            alert.note(Act.ALERT_DELETED, organiser_of(request), text)


def _save_changed(request: HttpRequest, alert: Alert) -> None:
    was_scheduled = alert.state in (AlertState.AWAITING, AlertState.SCHEDULED)
    try:
        with transaction.atomic():
            if was_scheduled:
                alert.return_to_draft(organiser_of(request))
            # Only what was typed: the state is not this form's to write.
            alert.save(update_fields=COLUMNS)
    except REFUSALS as error:
        messages.error(request, explain(error))
        return
    if was_scheduled:
        moving.renew_or_leave(request, alert)


def _save_new(action: Action, alert: Alert) -> None:
    """The same alert again is a form that was sent twice."""
    alert.action = action
    alert.urgency = alert.urgency or ""
    twins = Alert.objects.filter(action=action, send_at=alert.send_at, expires_at=alert.expires_at)
    if not any(twin.title == alert.title and twin.body == alert.body for twin in twins):
        alert.save()
