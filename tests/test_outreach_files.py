"""Reading a list of officials that anybody's spreadsheet wrote: what is understood, and what is refused."""

import pytest

from campaigns.models.outreach.identity import normalise
from campaigns.outreach.importing import cells
from campaigns.outreach.importing.cells import Problem
from campaigns.outreach.importing.decoding import Unreadable, decode
from campaigns.outreach.importing.rows import RowChecker
from campaigns.outreach.importing.table import Table

HEADINGS = "Nom;Fonction;Commune;Département;Téléphone;Courriel"
ROW = "Hélène Fictive;Maire;Saint-Œuf;67;03 88 00 00 00;mairie@saint-oeuf.example"
FRENCH = f"{HEADINGS}\r\n{ROW}\r\n"


def check(text: str):
    """(rows, findings) of a file's text."""
    checker, rows, findings = RowChecker(b"k" * 32), [], []
    for line in Table(text).lines():
        row, about = checker.check(line)
        findings += about
        rows += [row] if row else []
    return rows, findings


def check_row(row: str):
    return check(f"{HEADINGS}\n{row}\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_it_reads_what_spreadsheets_write(encoding):
    (row,), findings = check(decode(FRENCH.encode(encoding)))
    assert (row.name, row.commune, findings) == ("Hélène Fictive", "Saint-Œuf", [])


def test_it_reads_latin_1():
    (row,), _ = check(decode(FRENCH.replace("Œ", "oe").encode("latin-1")))
    assert row.name == "Hélène Fictive"


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_it_reads_every_separator_and_line_end(separator, end):
    text = FRENCH.replace("\r\n", end).replace(";", separator)
    (row,), findings = check(text)
    assert (row.departement, row.phone, row.email, findings) == (
        "67",
        "03 88 00 00 00",
        "mairie@saint-oeuf.example",
        [],
    )


@pytest.mark.parametrize(
    "headings",
    [
        "NOM,MANDAT,VILLE,CODE DU DÉPARTEMENT,TÉL.,E-MAIL",
        "Name,Function,Commune,Department,Office phone,Office e-mail",
        "Nom de l'élu,Libellé de la fonction,Libellé de la commune,Code du département,Téléphone mairie,Adresse mail",
    ],
)
def test_it_knows_headings_in_french_and_english(headings):
    (row,), _ = check(f"{headings}\nA B,Maire,C,1,0388000000,m@c.example\n")
    assert (row.name, row.function, row.departement, row.phone) == ("A B", "Maire", "01", "03 88 00 00 00")


def test_it_takes_columns_in_any_order_and_leaves_out_what_it_does_not_know():
    text = "Liste des maires;;;\n\nTél;Sexe;Prénom;Département;Nom\n0388000000;F;Hélène;Bas-Rhin;Fictive\n"
    (row,), findings = check(text)
    assert (row.name, row.departement, row.email, findings) == ("Hélène Fictive", "67", "", [])


def test_it_keeps_quotes_separators_and_line_breaks_inside_a_cell():
    (row,), _ = check_row('"Fictive; Hélène ""Ln""";Maire;"Saint\r\nŒuf";67;0388000000;')
    assert (row.name, row.commune) == ('Fictive; Hélène "Ln"', "Saint Œuf")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (HEADINGS.encode(), "empty"),
        (b"PK\x03\x04....", "workbook"),
        (b"\xd0\xcf\x11\xe0....", "workbook"),
        (b"a\0b;c\0d\n\0\0\0\0e\xff", "binary"),
        (b"\xff\xfea", "encoding"),
        (b"Jeanne;67;0388000000\n", "headings"),
        (b"Nom;Commune\nA;B\n", "headings"),
        (f'{HEADINGS}\n"A;B;C\n{ROW * 200}'.encode(), "quotes"),
    ],
)
def test_it_says_why_a_file_is_no_list(content, code):
    with pytest.raises(Unreadable) as refused:
        check(decode(content))
    assert refused.value.code == code


def test_it_says_of_each_bad_cell_where_it_is():
    rows, findings = check(f"{HEADINGS}\n{ROW}\n\n;Maire;C;99;12;pas-un-courriel\nX;Maire;C;01;;\n")
    assert len(rows) == 1
    assert findings == [
        (4, "name", Problem.MISSING, None),
        (4, "departement", Problem.DEPARTEMENT, None),
        (4, "phone", Problem.PHONE, None),
        (4, "email", Problem.EMAIL, None),
        (5, "phone", Problem.NO_CONTACT, None),
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", " =", "'=", "\t=", "＝"])
@pytest.mark.parametrize("column", [0, 1, 2, 3, 4, 5])
def test_it_refuses_formulas_in_every_column(start, column):
    values = ROW.split(";")
    values[column] = f'{start}HYPERLINK("https://evil.example")'.replace('"', "'")
    rows, findings = check_row(";".join(values))
    assert rows == []
    assert [problem for _, _, problem, _ in findings] == [Problem.FORMULA]


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("+33 3 88 00 00 00", "03 88 00 00 00"),
        ("+33 (0)3 88 00 00 00", "03 88 00 00 00"),
        ("'+33388000000", "03 88 00 00 00"),
        ("0033388000000", "03 88 00 00 00"),
        ("388000000", "03 88 00 00 00"),
        ("03.88.00.00.00", "03 88 00 00 00"),
        ("03-88-00-00-00", "03 88 00 00 00"),
        ("+32 2 000 00 00", "+3220000000"),
        ("+cmd|' /C calc'!A0", None),
        ("03 88 00 00", None),
        ("03 88 00 00 00 / 03 88 00 00 01", None),
    ],
)
def test_it_reads_phones(typed, phone):
    assert cells.read_phone(typed) == phone


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        *(("1", "01"), ("01", "01"), ("067", "67"), ("2a", "2A"), ("974", "974"), ("67 - Bas-Rhin", "67")),
        *(
            ("Côte-d’Or", "21"),
            ("LA REUNION", "974"),
            ("Paris (75)", "75"),
            ("20", None),
            ("67000", None),
            ("Ici", None),
        ),
    ],
)
def test_it_reads_departements(typed, code):
    assert cells.read_departement(typed) == code


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        (4, "06 00 00 00 00", Problem.MOBILE),
        (4, "+33 7 00 00 00 00", Problem.MOBILE),
        (4, "+262 692 00 00 00", Problem.MOBILE),
        (5, "helene.fictive@gmail.com", Problem.PRIVATE),
        (5, "fictive@wanadoo.fr", Problem.PRIVATE),
    ],
)
def test_it_warns_of_mobiles_and_private_addresses(column, value, problem):
    values = ROW.split(";")
    values[column] = value
    (row,), findings = check_row(";".join(values))
    assert row.doubtful
    assert [found for _, _, found, _ in findings] == [problem]


def test_it_takes_a_town_hall_s_address_at_a_common_host_for_an_office():
    (row,), findings = check_row("A B;Maire;C;67;;mairie.de.c@wanadoo.fr")
    assert (row.doubtful, findings) == (False, [])


def test_it_names_the_twin_of_a_row():
    twin = ROW.replace("Hélène Fictive", "FICTIVE Helene").replace("Maire", "Conseillère")
    rows, findings = check(f"{HEADINGS}\n{ROW}\n{twin}\n")
    assert (len(rows), findings) == (1, [(3, "name", Problem.TWICE, 2)])


def test_it_says_of_a_crowded_row_that_something_is_out_of_place():
    rows, findings = check_row(f"{ROW};one too many")
    assert (rows, findings) == ([], [(2, "", Problem.CROWDED, None)])


def test_it_takes_a_dash_for_nothing():
    (row,), findings = check_row("A B;-;C;67;0388000000;-")
    assert (row.function, row.email, findings) == ("", "", [])


def test_it_reads_no_more_into_a_name_than_there_is():
    assert normalise("M. de la Fontaine", "", "75") == normalise("Fontaine (de la)", "", "75")
