"""What each language's own habits of order, voice and ending say, through the front: item in, report out."""

import msgspec
import pytest

from consumers.classify import Rules, classify
from consumers.classify.endings import endings
from consumers.classify.worker import Classifier
from tests.classify.conftest import MakeItem

Expected = tuple[str, str | None, str | None, str]

CASES: list[tuple[str, str, set[Expected]]] = [
    # French: participle headlines, adjectives behind the noun, infinitives and futures, elided articles.
    ("fr", "L'ambassadeur du Mali convoqué à Ottawa", {("envoy-summoned", "CAN", "MLI", "occurred")}),
    ("fr", "Tunis convoquera l'ambassadeur italien", {("envoy-summoned", "TUN", "ITA", "planned")}),
    ("fr", "Le Pérou veut expulser deux diplomates cubains", {("diplomats-expelled", "PER", "CUB", "planned")}),
    ("fr", "Lima dément expulser des diplomates cubains", {("diplomats-expelled", "PER", "CUB", "denied")}),
    ("fr", "Le Pérou rappelle ses ambassadeurs à Quito et à La Paz",
     {("envoy-recalled", "PER", "ECU", "occurred"), ("envoy-recalled", "PER", "BOL", "occurred")}),
    ("fr", "Le tribunal convoque l'ambassadeur de Cuba", set()),
    # Russian: object before the verb, no doer, short participles, datives, futures.
    ("ru", "Посла Чили вызвали в МИД Перу", {("envoy-summoned", "PER", "CHL", "occurred")}),
    ("ru", "Посол Чили в Перу вызван в МИД", {("envoy-summoned", "PER", "CHL", "occurred")}),
    ("ru", "Перу вышлет двух кубинских дипломатов", {("diplomats-expelled", "PER", "CUB", "planned")}),
    ("ru", "Послу Чили в Перу вручена нота протеста", {("formal-protest", "PER", "CHL", "occurred")}),
    ("ru", "Перу отозвало своего посла из Чили", {("envoy-recalled", "PER", "CHL", "occurred")}),
    ("ru", "МИД вызвал посла Чили", {("envoy-summoned", "RUS", "CHL", "occurred")}),
    ("ru", "Суд вызвал посла Чили на допрос", set()),
    # Spanish: the "a" of persons, irregular presents, consultations, futures.
    ("es", "Perú convoca al embajador de Chile", {("envoy-summoned", "PER", "CHL", "occurred")}),
    ("es", "Perú llama a consultas a su embajador en Chile", {("envoy-recalled", "PER", "CHL", "occurred")}),
    ("es", "Perú expulsará a dos diplomáticos cubanos", {("diplomats-expelled", "PER", "CUB", "planned")}),
    ("es", "Perú niega que vaya a expulsar a diplomáticos cubanos", {("diplomats-expelled", "PER", "CUB", "denied")}),
    ("es", "Perú envía nota de protesta a Chile", {("formal-protest", "PER", "CHL", "occurred")}),
    ("es", "El juez cita al embajador de Chile", set()),
    # German: verbs split over the clause, nouns made of two.
    ("de", "Peru bestellt kubanischen Botschafter ein", {("envoy-summoned", "PER", "CUB", "occurred")}),
    ("de", "Peru ruft seinen Botschafter aus Chile zurück", {("envoy-recalled", "PER", "CHL", "occurred")}),
    ("de", "Peru weist zwei kubanische Diplomaten aus", {("diplomats-expelled", "PER", "CUB", "occurred")}),
    ("de", "Peru will kubanischen Botschafter einbestellen", {("envoy-summoned", "PER", "CUB", "planned")}),
    # Turkish: endings behind apostrophes, the genitive that tells whose envoy it is.
    ("tr", "Peru, Küba'nın büyükelçisini Dışişleri'ne çağırdı", {("envoy-summoned", "PER", "CUB", "occurred")}),  # noqa: RUF001 a letter of Turkish
    ("tr", "Peru, iki Küba diplomatını sınır dışı etti", {("diplomats-expelled", "PER", "CUB", "occurred")}),  # noqa: RUF001 a letter of Turkish
    # Arabic: the verb before or behind who acts, particles and "its" written onto words, a verbal noun.
    ("ar", "استدعت بيرو سفير تشيلي", {("envoy-summoned", "PER", "CHL", "occurred")}),
    ("ar", "بيرو تستدعي السفير الكوبي", {("envoy-summoned", "PER", "CUB", "occurred")}),
    ("ar", "بيرو تستدعي سفيرها لدى تشيلي", {("envoy-recalled", "PER", "CHL", "occurred")}),
    ("ar", "بيرو ستستدعي السفير الكوبي", {("envoy-summoned", "PER", "CUB", "planned")}),
    ("ar", "قررت بيرو استدعاء سفيرها لدى تشيلي", {("envoy-recalled", "PER", "CHL", "occurred")}),
    ("ar", "المحكمة تستدعي السفير الكوبي", set()),
]  # fmt: skip


@pytest.mark.parametrize(("lang", "title", "expected"), CASES)
def test_a_headline_is_read_in_its_language(
    rules: Rules, item: MakeItem, lang: str, title: str, expected: set[Expected]
) -> None:
    report = classify(msgspec.structs.replace(item(title), lang=lang), rules)
    assert {(s.kind, s.source, s.target, s.modality.value) for s in report.signals} == expected


def test_a_bare_ministry_is_that_of_the_outlets_state(rules: Rules, item: MakeItem) -> None:
    told = msgspec.structs.replace(item("МИД вызвал посла Чили"), lang="ru", country="KAZ")
    assert [s.source for s in classify(told, rules).signals] == ["KAZ"]


def test_a_phrase_is_declined_as_a_whole() -> None:
    adapter = endings("pymorphy3")
    assert adapter is not None
    forms = {form.text: form.cases for form in adapter.noun("временный поверенный")}
    assert forms["временному поверенному"] == {"datv"}
    assert forms["временного поверенного"] == {"gent", "accs"}


def test_a_word_that_does_not_change_may_stand_in_any_case() -> None:
    adapter = endings("pymorphy3")
    assert adapter is not None
    assert [(form.text, form.cases) for form in adapter.noun("США")] == [("США", {"any"})]


def test_items_that_no_pack_reads_are_counted_by_language(rules: Rules, item: MakeItem) -> None:
    told = msgspec.structs.replace(item("Hapana kitu"), lang="sw")
    facts = Classifier(lambda: rules).step([told, told, item("Quiet day")], [], told.first_seen).facts
    assert [fact.fields for fact in facts if fact.event == "item.unread"] == [{"lang": "sw", "count": 2}]
