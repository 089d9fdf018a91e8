"""Which column is which, by its heading in French or English, in any order."""

from campaigns.models.outreach.identity import plain

NAME, FIRST_NAME, FUNCTION = "name", "first_name", "function"
COMMUNE, DEPARTEMENT, PHONE, EMAIL = "commune", "departement", "phone", "email"

_HEADINGS: dict[str, tuple[str, ...]] = {
    NAME: (
        *("nom", "nom complet", "nom et prenom", "nom prenom", "prenom et nom", "prenom nom", "nom de l elu", "elu"),
        *("nom de famille", "nom du maire", "maire", "name", "full name", "last name", "surname", "official"),
        "family name",
    ),
    FIRST_NAME: ("prenom", "prenom de l elu", "prenom du maire", "first name", "given name", "forename"),
    FUNCTION: (
        *("fonction", "mandat", "libelle de la fonction", "libelle de fonction", "qualite", "titre"),
        *("function", "role", "office", "position", "title", "mandate"),
    ),
    COMMUNE: (
        *("commune", "ville", "mairie", "libelle de la commune", "nom de la commune", "localite", "collectivite"),
        *("municipality", "town", "city"),
    ),
    DEPARTEMENT: (
        *("departement", "code du departement", "code departement", "numero de departement", "n departement"),
        *("dept", "dep", "dpt", "code dept", "department", "department code", "departement code", "county"),
    ),
    PHONE: (
        *("telephone", "tel", "telephone mairie", "telephone de la mairie", "telephone du bureau", "tel mairie"),
        *("telephone professionnel", "numero de telephone", "numero", "n de telephone", "n tel", "telephone fixe"),
        *("phone", "office phone", "phone number", "telephone number", "telephone bureau"),
    ),
    EMAIL: (
        *("courriel", "e mail", "email", "mail", "mel", "adresse e mail", "adresse email", "adresse mail"),
        *("adresse electronique", "courrier electronique", "courriel de la mairie", "email mairie", "e mail mairie"),
        *("office e mail", "office email", "e mail address", "email address", "courriel du bureau", "mail mairie"),
    ),
}
COLUMN_OF = {heading: column for column, headings in _HEADINGS.items() for heading in headings}


def recognise(cells: list[str]) -> dict[int, str]:
    """{position: column} of the headings that are known; of two of the same column the first counts."""
    found: dict[int, str] = {}
    for position, cell in enumerate(cells):
        column = COLUMN_OF.get(plain(cell))
        if column and column not in found.values():
            found[position] = column
    return found


def missing(found: dict[int, str]) -> list[str]:
    """The columns without which nobody could be called: a name, a departement, a phone or an e-mail."""
    known = set(found.values())
    lacking = [column for column in (NAME, DEPARTEMENT) if column not in known]
    return lacking if known & {PHONE, EMAIL} else [*lacking, PHONE]
