"""How a name is known again in a text, and taken out of it."""

import pytest

from campaigns.names import finds, forms_of, without

CAMILLE = forms_of("Camille Durand (prénom d'emprunt)")
JEAN_PAUL = forms_of("Jean-Paul de La Tour")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Camille est convoquée.", "Une personne est convoquée."),
        ("Liberté pour camille durand.", "Liberté pour une personne."),
        ("DURAND Camille, demain", "Une personne, demain"),
        ("Soutien à Camille D. ce soir", "Soutien à une personne ce soir"),
        ("Pour C. D. et C.D. et CD", "Pour une personne et une personne et une personne"),
        ("Mme Durand sort à 9 h", "Une personne sort à 9 h"),
        ("Venez #LibertePourCamille ce soir", "Venez ce soir"),
        ("Camille-Durand\net d'autres", "Une personne\net d'autres"),
    ],
)
def test_it_takes_a_name_out_however_it_is_written(text: str, left: str) -> None:
    known = CAMILLE.whole | CAMILLE.parts
    assert finds(text, known.__contains__)
    assert without(text, known.__contains__, "une personne") == left


@pytest.mark.parametrize(
    "text",
    [
        "Une personne est convoquée.",
        "M. le maire, art. L. 211-1 et R. 644-4",
        "C'est dur, en prénom comme en nom : d'emprunt",
        "Rendez-vous avec la CGT et le CDI",
        "",
    ],
)
def test_it_leaves_other_words_alone(text: str) -> None:
    known = CAMILLE.whole | CAMILLE.parts
    assert not finds(text, known.__contains__)
    assert without(text, known.__contains__, "une personne") == text


def test_it_takes_two_words_together_for_a_name_and_one_alone_for_a_part_of_it() -> None:
    assert finds("au pied de la tour Jean Paul", JEAN_PAUL.whole.__contains__)
    assert not finds("Au pied de la tour, Jean dort", JEAN_PAUL.whole.__contains__)
    assert finds("Au pied de la tour, Jean dort", JEAN_PAUL.parts.__contains__)
    assert not finds("au pied de la tour", (JEAN_PAUL.whole | JEAN_PAUL.parts).__contains__)


def test_it_knows_a_name_without_its_accents() -> None:
    forms = forms_of("Noémie Lévêque")
    assert finds("NOEMIE LEVEQUE", forms.whole.__contains__)
