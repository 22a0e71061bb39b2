"""The language of an item."""

# ruff: noqa: RUF001 - letters of other scripts

import pytest

from monitor.ingest.parse import language

DECLARED = {
    "en": "en", "en-US": "en", "de_AT": "de", "eng": "en", "zh-Hant-TW": "zh", "iw": "he", "PT-br": "pt",
    "fr, en": "fr", "us": "", "und": "", "": "", "english": "", "x": "", "12": "", "no": "no", "sh": "sr",
}  # fmt: skip


@pytest.mark.parametrize(("tag", "code"), DECLARED.items())
def test_a_declared_tag_gives_its_code_or_none(tag: str, code: str) -> None:
    assert language.declared(tag) == code


SHORT = [
    ("Ambassador recalled", "en", "en"),
    ("Ambassador recalled", "de", "de"),  # too little to say otherwise
    ("외교부, 주한 대사 초치해 항의", "en", "ko"),
    ("МИД вызвал посла", "en", "ru"),
    ("МИД вызвал посла", "", "ru"),
    ("МЗС викликало посла", "uk", "uk"),
    ("外務省が大使を呼び抗議", "zh", "ja"),
    ("外務省が大使を呼び抗議", "en", "ja"),
    ("外交部召见大使", "en", "zh"),
    ("משרד החוץ זימן את השגריר", "en", "he"),
    ("السفارة تحتج", "en", "ar"),
    ("Η πρεσβεία διαμαρτύρεται", "en", "el"),
    ("संसद में विरोध", "en", "hi"),
    ("2026", "en", "en"),
    ("", "", ""),
    ("42", "", ""),
]


@pytest.mark.parametrize(("text", "hint", "code"), SHORT, ids=[f"{hint}: {text}" for text, hint, _ in SHORT])
def test_a_short_text_goes_by_what_was_declared_where_its_script_agrees(text: str, hint: str, code: str) -> None:
    assert language.of(text, hint) == code


LONG = {
    "es": "El Ministerio de Asuntos Exteriores convocó este martes al embajador para entregarle una nota de protesta "
    "por las declaraciones de su ministro sobre la frontera, según informó un portavoz a la prensa.",
    "fr": "Le ministère des Affaires étrangères a convoqué mardi l'ambassadeur pour lui remettre une note de "
    "protestation après les propos de son ministre sur la frontière, a indiqué un porte-parole.",
    "de": "Das Auswärtige Amt hat am Dienstag den Botschafter einbestellt und ihm eine Protestnote wegen der "
    "Äußerungen seines Ministers über die Grenze überreicht, wie ein Sprecher mitteilte.",
    "tr": "Dışişleri Bakanlığı salı günü büyükelçiyi bakanlığa çağırarak bakanın sınırla ilgili açıklamaları "
    "nedeniyle protesto notası verdi, dedi bir sözcü gazetecilere Ankara'da.",
    "en": "The foreign ministry summoned the ambassador on Tuesday and handed him a note of protest over his "
    "minister's remarks about the border, a spokesman told reporters in the capital.",
}


@pytest.mark.parametrize("code", LONG)
@pytest.mark.parametrize("hint", ["", "en", "pt", "ru"])
def test_a_long_text_tells_its_language_whatever_the_feed_says(code: str, hint: str) -> None:
    kin = {"es": {"pt"}}
    assert language.of(LONG[code], hint) == (hint if hint in kin.get(code, set()) else code)


def test_near_kin_keep_what_was_declared() -> None:
    text = (
        "Utenriksdepartementet har innkalt ambassadøren og overlevert en protestnote etter ministerens uttalelser om "
        "grensen, sier en talsmann til avisen i hovedstaden tirsdag kveld."
    )
    assert language.of(text, "nb") == "nb"
    assert language.of(text, "da") == "da"
