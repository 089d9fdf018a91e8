"""An outreach in the admin: a list comes in by file, is looked at, and only then stored; the goal and its bars."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from campaigns.models import AuditEntry, Claim, ContactRecord, Official, OfficialImport, Outreach, Role
from campaigns.outreach import calling
from campaigns.outreach.importing.work import work_on
from tests.admin_pages import Organiser, page_of, parse, said
from tests.make import make_campaign, make_device, make_member, make_official, make_outreach

pytestmark = pytest.mark.django_db
HEADINGS = "Nom;Fonction;Commune;Département;Téléphone;Courriel\r\n"
GOOD = "Hélène Fictive;Maire;Saint-Œuf;67;03 88 00 00 00;mairie@saint-oeuf.example\r\n"
BAD = '=HYPERLINK("https://evil.example");Maire;C;67;0388000000;\r\n'
MOBILE = "Portable Fictif;Maire;C;67;0600000000;\r\n"


def make_editor(role=Role.EDITOR):
    campaign = make_campaign()
    return Organiser(make_member(campaign, role)), make_outreach(campaign)


def upload(organiser, outreach, content, name="élus.csv"):
    file = SimpleUploadedFile(name, content if isinstance(content, bytes) else content.encode("cp1252"))
    return organiser.post(page_of(outreach, "officials"), {"file": file}, follow=True)


def check(outreach):
    work_on(OfficialImport.objects.get(outreach=outreach).pk)
    return OfficialImport.objects.get(outreach=outreach)


def press(organiser, outreach, verb, **values):
    return organiser.post(page_of(outreach, f"officials_{verb}"), values, follow=True)


def test_a_list_is_checked_shown_and_stored():
    editor, outreach = make_editor()
    assert "It begins in a moment" in upload(editor, outreach, HEADINGS + GOOD + BAD + MOBILE).content.decode()
    batch = check(outreach)

    page = parse(editor.get(page_of(outreach, "officials")))

    assert "Begins like a formula" in page.text
    assert "Store 1 official" in " ".join(page.text.split())
    assert Official.objects.count() == 0
    press(editor, outreach, "confirm", batch=str(batch.uuid))
    work_on(batch.pk)
    assert [official.details.name for official in Official.objects.all()] == ["Hélène Fictive"]
    text = editor.get(page_of(outreach, "officials")).content.decode()
    assert "1 official is new in the list" in text
    # Whom one calls only the caller sees.
    assert "Fictive" not in text


def test_doubtful_rows_are_taken_when_they_are_ticked():
    editor, outreach = make_editor()
    upload(editor, outreach, HEADINGS + GOOD + MOBILE)
    batch = check(outreach)
    press(editor, outreach, "confirm", batch=str(batch.uuid), doubtful="1")
    work_on(batch.pk)
    assert Official.objects.count() == 2


def test_a_second_tap_does_no_harm():
    editor, outreach = make_editor()
    for _ in range(2):
        upload(editor, outreach, HEADINGS + GOOD)
    batch = check(outreach)
    answers = [press(editor, outreach, "confirm", batch=str(batch.uuid)) for _ in range(2)]
    work_on(batch.pk)
    assert [answer.status_code for answer in answers] == [200, 200]
    assert (Official.objects.count(), OfficialImport.objects.count()) == (1, 1)
    assert [entry.text for entry in AuditEntry.objects.filter(act="imported")] == ["1"]


def test_an_old_page_confirms_nothing_that_it_did_not_show():
    editor, outreach = make_editor()
    upload(editor, outreach, HEADINGS + GOOD)
    old = check(outreach)
    press(editor, outreach, "refuse", batch=str(old.uuid))
    upload(editor, outreach, HEADINGS + GOOD + MOBILE)
    check(outreach)
    answer = press(editor, outreach, "confirm", batch=str(old.uuid))
    assert said(answer) == ["The page was old: this is how it is now."]
    assert OfficialImport.objects.get(outreach=outreach).state == "checked"


def test_what_is_wrong_can_be_had_as_a_file_that_holds_no_formula():
    editor, outreach = make_editor()
    upload(editor, outreach, HEADINGS + BAD * 120)
    check(outreach)
    page = parse(editor.get(page_of(outreach, "officials")))
    assert page.text.count("Begins like a formula") == 50

    answer = editor.get(page_of(outreach, "officials_problems"))

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["row", "column", "what to do"]
    assert (len(rows), rows[1][:2]) == (121, ["2", "name"])
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert "no-store" in answer["Cache-Control"]


def test_the_model_is_a_list_that_is_understood():
    editor, outreach = make_editor()
    for language in ("fr", "en"):
        model = editor.get(page_of(outreach, "officials_model"), headers={"Accept-Language": language})
        upload(editor, outreach, model.content)
        batch = check(outreach)
        assert (batch.state, batch.good, batch.bad) == ("checked", 1, 0)
        press(editor, outreach, "refuse", batch=str(batch.uuid))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04", "This is a workbook"),
        (b"Nom;Commune\nA;B\n", "The first row must hold headings"),
        (b"", "The file holds no rows"),
    ],
)
def test_it_says_what_to_do_with_a_file_that_is_no_list(content, words):
    editor, outreach = make_editor()
    page = upload(editor, outreach, content)
    if OfficialImport.objects.exists():
        check(outreach)
        page = editor.get(page_of(outreach, "officials"))
    assert words in page.content.decode()
    assert "Check the file" in page.content.decode()


def test_it_wants_a_file_and_none_that_is_too_large(settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 2_000
    editor, outreach = make_editor()
    answers = [editor.post(page_of(outreach, "officials"), {}), upload(editor, outreach, GOOD * 100)]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert not [answer for answer in answers if "Choose a file first" not in answer.content.decode()]
    assert OfficialImport.objects.count() == 0


def test_progress_is_told_to_the_page():
    editor, outreach = make_editor()
    upload(editor, outreach, HEADINGS + GOOD)
    before = editor.get(page_of(outreach, "officials_status")).json()
    check(outreach)
    after = editor.get(page_of(outreach, "officials_status")).json()
    assert (before["ask_again"], after["ask_again"]) == (1000, None)
    assert "<progress" in before["fragments"]["import"]
    assert "good rows" in after["fragments"]["import"]


@pytest.mark.parametrize(("role", "status"), [(Role.OWNER, 200), (Role.EDITOR, 200), (Role.APPROVER, 403)])
def test_owners_and_editors_bring_lists_in(role, status):
    organiser, outreach = make_editor(role)
    assert upload(organiser, outreach, HEADINGS + GOOD).status_code == status
    assert ("Check the file" in organiser.get(page_of(outreach, "officials")).content.decode()) is False
    assert OfficialImport.objects.exists() is (status == 200)
    for verb in ("confirm", "refuse", "remove", "stops", "release"):
        assert press(organiser, outreach, verb).status_code == status


def test_a_get_changes_nothing():
    editor, outreach = make_editor()
    upload(editor, outreach, HEADINGS + GOOD)
    batch = check(outreach)
    for verb in ("confirm", "refuse", "remove", "stops", "release"):
        assert editor.get(page_of(outreach, f"officials_{verb}")).status_code == 302
    batch.refresh_from_db()
    assert batch.state == "checked"


def test_removing_the_list_leaves_who_was_called():
    editor, outreach = make_editor()
    called, _other = make_official(outreach), make_official(outreach)
    called.outcomes.create(result="hesitates", on="2026-11-23")
    answer = press(editor, outreach, "remove")
    assert said(answer) == ["1 official is removed."]
    assert list(Official.objects.all()) == [called]


def hear_of(outreach, result, *, verified=False):
    """Somebody calls an official and says what it came to."""
    device, now = make_device(), timezone.now()
    official = make_official(outreach)
    claim = Claim.objects.take(outreach, device, [official.pk], now=now, until=now + timedelta(hours=1))
    calling.report(claim, device, result, None, verified=verified, now=now)
    return official


def figures_shown(page):
    """{heading: number} of the page's figures."""
    return dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", page.content.decode()))


def test_both_numbers_are_shown_if_some_calls_do_not_count():
    editor, outreach = make_editor()
    hear_of(outreach, "sent", verified=True)
    before = editor.get(page_of(outreach, "officials"))
    assert "counted in public" not in before.content.decode()
    hear_of(outreach, "sent")
    hear_of(outreach, "hesitates")
    after = editor.get(page_of(outreach, "officials"))
    shown = figures_shown(after)
    assert (shown["calls reported"], shown["counted in public"]) == ("3", "1")
    assert '<th scope="row">Has sent</th><td>2</td><td>1</td>' in after.content.decode()
    page = " ".join(parse(editor.get(page_of(outreach))).text.split())
    assert "Calls reported: 3. With confirmed alerts, so counted in public: 1." in page
    assert "1 of 500" in page


def test_an_unconfirmed_stop_is_made_final_by_an_organiser():
    editor, outreach = make_editor()
    official, refuses = hear_of(outreach, "stop"), hear_of(outreach, "refuses")
    hear_of(outreach, "stop", verified=True)
    page = " ".join(parse(editor.get(page_of(outreach, "officials"))).text.split())
    assert "2 officials are not called for now" in page
    assert "1 of them with “stop”." in page

    answer = press(editor, outreach, "stops", shown="1")

    assert said(answer) == ["Final: they are not called again, in any campaign of this site."]
    assert ContactRecord.objects.get(pk=official.record_id).stopped
    assert not ContactRecord.objects.get(pk=refuses.record_id).stopped
    assert [entry.text for entry in AuditEntry.objects.filter(act="stops_confirmed")] == ["1"]
    assert "of them with “stop”" not in editor.get(page_of(outreach, "officials")).content.decode()


@pytest.mark.parametrize("shown", ["1", "", "many"])
def test_no_stop_is_made_final_that_the_page_did_not_show(shown):
    editor, outreach = make_editor()
    for _ in range(2):
        hear_of(outreach, "stop")
    answer = press(editor, outreach, "stops", shown=shown)
    assert said(answer) == ["The page was old: this is how it is now."]
    assert not ContactRecord.objects.filter(stopped=True).exists()
    assert not AuditEntry.objects.filter(act="stops_confirmed").exists()


def test_what_a_script_made_up_is_released():
    editor, outreach = make_editor()
    made_up = [hear_of(outreach, result).pk for result in ("stop", "refuses", "sent")]
    true = [hear_of(outreach, result, verified=True).pk for result in ("stop", "refuses", "sent")]
    elsewhere = make_outreach(make_campaign())
    hear_of(elsewhere, "stop")

    answer = press(editor, outreach, "release")

    assert said(answer) == ["3 officials are released."]
    # The seven days after a contact stay.
    later = timezone.now() + timedelta(days=8)
    free = set(Official.objects.contactable(later, later.date()).values_list("pk", flat=True))
    assert (free, free & set(true)) == (set(made_up), set())
    assert [entry.text for entry in AuditEntry.objects.filter(act="officials_released")] == ["3"]
    assert "not called for now" not in editor.get(page_of(outreach, "officials")).content.decode()


def test_an_outreach_with_a_list_is_not_deleted_by_the_way():
    editor, outreach = make_editor()
    Outreach.objects.filter(pk=outreach.pk).update(state="draft")
    make_official(outreach)
    assert editor.post(page_of(outreach, "delete"), {"post": "yes"}).status_code == 403
    press(editor, outreach, "remove")
    editor.post(page_of(outreach, "delete"), {"post": "yes"})
    assert not Outreach.objects.exists()


def test_official_counts_are_typed_one_a_line():
    editor, outreach = make_editor()
    typed = "67: 51\nCôte-d'Or 12\n\n2a = 3\r\nParis (75) : 1"
    editor.send(page_of(outreach), published_counts=typed)
    outreach.refresh_from_db()
    assert outreach.published_counts == {"67": 51, "21": 12, "2A": 3, "75": 1}
    assert outreach.published_as_of is not None
    page = parse(editor.get(page_of(outreach)))
    assert "66 of 500" in page.text
    assert page.fields["published_counts"].splitlines()[0] == "21 Côte-d'Or: 12"
    # What the page shows is understood as it stands.
    editor.send(page_of(outreach))
    outreach.refresh_from_db()
    assert outreach.published_counts["21"] == 12


def test_a_line_that_is_not_understood_is_named_and_kept():
    editor, outreach = make_editor()
    page = editor.send(page_of(outreach), published_counts="67: 12\nIci: 3\n67: 4")
    text = page.content.decode()
    assert "Line 2, “Ici: 3”" in text
    assert "Line 3: this departement is there twice." in text
    assert parse(page).fields["published_counts"] == "67: 12\nIci: 3\n67: 4"


def test_a_new_one_begins_now_and_ends_with_the_campaign():
    campaign = make_campaign(goal_target=500, goal_deadline="2031-03-04T17:00:00Z")
    fields = parse(Organiser(make_member(campaign)).get("/admin/campaigns/outreach/add/")).fields
    assert (fields["ends_at"], fields["target"], fields["departements_needed"]) == ("2031-03-04T18:00", "500", "30")
    assert (fields["departement_cap"], fields["claim_hours"]) == ("50", "4")


def test_the_page_says_what_organisers_may_not_do():
    editor, outreach = make_editor()
    text = editor.get(page_of(outreach)).content.decode()
    assert "CP art. 222-33-2-2" in text
    assert "one contact in 7 days and three in all" in text


def test_nobody_s_call_is_told_to_organisers():
    editor, outreach = make_editor()
    official, device = make_official(outreach, name="Jeanne Exemple"), make_device()
    text = editor.get(page_of(outreach, "officials")).content.decode()
    assert "Exemple" not in text
    assert str(device.uuid) not in text
    assert official.pk
