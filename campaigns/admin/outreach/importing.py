"""The page on which a list of officials comes in: a file, what is wrong with it, and only then the list."""

import csv
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.admin.outreach.figures import figures_of
from campaigns.admin.outreach.words import COLUMNS, UNREADABLE, say
from campaigns.models import OfficialImport, Outreach
from campaigns.outreach.importing.cells import DOUBTS
from mobilise.uploading import LeftOut

MOST_BYTES = 12 * 1024 * 1024
MOST_SHOWN = 50
# Milliseconds until the page asks again how far it is.
SOON = 1_000


class FileForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        error_messages={
            "required": gettext_lazy("Choose a file first. It may hold 12 MB at most."),
            "empty": gettext_lazy("The file holds no rows."),
        },
    )
    file.widget.attrs["accept"] = ".csv,.tsv,.txt,text/csv"

    def clean_file(self) -> bytes:
        """What it holds. It was never written to a disk: see FILE_UPLOAD_HANDLERS."""
        if isinstance(self.cleaned_data["file"], LeftOut):
            raise forms.ValidationError(self.fields["file"].error_messages["required"])
        content: bytes = self.cleaned_data["file"].read()
        return content


def context_of(outreach: Outreach, *, may_import: bool) -> dict[str, Any]:
    """What the page shows: the last file, and the list in figures."""
    batch = OfficialImport.objects.filter(outreach=outreach).defer("content").first()
    return {
        "action": outreach,
        "batch": batch,
        "figures": figures_of(outreach, timezone.now()),
        "may_import": may_import,
        "unreadable": UNREADABLE.get(batch.problem) if batch else None,
        "problems": list(problems_of(batch, MOST_SHOWN)) if batch and not batch.is_working else [],
        "ask_again": SOON if batch and batch.is_working else None,
        "title": _("Officials"),
        "subtitle": str(outreach),
    }


def problems_of(batch: OfficialImport, most: int | None = None) -> list[dict[str, Any]]:
    """[{row, column, text, is_doubt}] in the order of the file, ``most`` at most."""
    found: list[dict[str, Any]] = []
    for part in batch.parts.defer("rows_sealed").order_by("number"):
        for row, column, problem, other in part.problems:
            if most is not None and len(found) >= most:
                return found
            found.append(
                {"row": row, "column": COLUMNS[column], "text": say(problem, other), "is_doubt": problem in DOUBTS}
            )
    return found


def show(request: HttpRequest, context: dict[str, Any], form: FileForm | None = None) -> HttpResponse:
    """The page."""
    status = 200 if form is None else 400
    return render(request, "admin/campaigns/officials.html", {"form": form or FileForm(), **context}, status=status)


def refresh(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """{"fragments": {"import": html}, "fixed": [], "ask_again": milliseconds or null}."""
    html = render_to_string("admin/campaigns/officials/import.html", context, request)
    return JsonResponse({"fragments": {"import": html}, "fixed": [], "ask_again": context["ask_again"]})


def as_csv(batch: OfficialImport | None) -> HttpResponse:
    """All problems, for a spreadsheet. Every cell is ours: none begins like a formula."""
    response = _csv_response("problems.csv")
    writer = csv.writer(response, delimiter=";")
    writer.writerow([_("row"), _("column"), _("what to do")])
    for problem in problems_of(batch) if batch else []:
        writer.writerow([problem["row"], str(problem["column"]), problem["text"]])
    return response


def model() -> HttpResponse:
    """An empty list with the headings, and one row to see how it is meant."""
    response = _csv_response("officials.csv")
    writer = csv.writer(response, delimiter=";")
    writer.writerow(
        [str(COLUMNS[column]) for column in ("name", "function", "commune", "departement", "phone", "email")]
    )
    example = (_("Jeanne Example"), _("mayor"), _("Nowhere-sur-Mer"), "17", "05 99 00 00 00", "mairie@nowhere.example")
    writer.writerow(example)
    return response


def _csv_response(name: str) -> HttpResponse:
    """With a mark at its start, by which spreadsheets know UTF-8."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
