"""Characters: declared, undeclared, wrongly declared, marked."""

# ruff: noqa: RUF001 - letters of other scripts

import codecs
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ingest.document import Document
from monitor.ingest.parse import parse
from monitor.ingest.parse.charset import decode

NOW = datetime(2026, 5, 1, tzinfo=UTC)
WESTERN = "Le ministère a convoqué l’ambassadeur après l’incident ; à Genève, la délégation proteste déjà"
CENTRAL = "Minister spraw zagranicznych wezwał ambasadora i złożył ostrą notę protestacyjną w sprawie ćwiczeń"
TURKISH = "Dışişleri Bakanlığı büyükelçiyi çağırdı ve güçlü bir şekilde protesto etti, görüşmeler askıya alındı"
BALTIC = "Ārlietu ministrija izsauca vēstnieku un iesniedza protesta notu par robežas pārkāpšanu šodien"
RUSSIAN = "Министерство иностранных дел вызвало посла и выразило решительный протест в связи с инцидентом на границе"
UKRAINIAN = "Міністерство закордонних справ викликало посла та висловило рішучий протест через інцидент на кордоні"
GREEK = "Το υπουργείο Εξωτερικών κάλεσε τον πρέσβη και διαμαρτυρήθηκε έντονα για το περιστατικό στα σύνορα"
HEBREW = "משרד החוץ זימן את השגריר לשיחת נזיפה והביע מחאה חריפה על התקרית בגבול ועל הפרת ההסכם"
ARABIC = "استدعت وزارة الخارجية السفير وأعربت عن احتجاجها الشديد على الحادث الذي وقع على الحدود أمس"
THAI = "กระทรวงการต่างประเทศเรียกเอกอัครราชทูตเข้าพบและประท้วงอย่างรุนแรงต่อเหตุการณ์ที่ชายแดน"
JAPANESE = "外務省は駐日大使を呼び出し、国境での事件について強く抗議した。政府は再発防止を求めている。"
KOREAN = "외교부는 주한 대사를 초치하여 국경에서 발생한 사건에 대해 강력히 항의하고 재발 방지를 요구했다"
SIMPLIFIED = "外交部召见大使，就边境事件提出严正交涉和强烈抗议，要求对方立即停止一切挑衅行为并道歉。"
TRADITIONAL = "外交部召見大使，就邊境事件提出嚴正交涉和強烈抗議，要求對方立即停止一切挑釁行為並道歉。"

DECLARED = [
    ("UTF-8", WESTERN),
    ("UTF-16", WESTERN),
    ("UTF-32", RUSSIAN),
    ("ISO-8859-1", WESTERN.replace("’", "'")),
    ("windows-1252", WESTERN),
    ("ISO-8859-15", WESTERN.replace("’", "'") + " 5 €"),
    ("ISO-8859-2", CENTRAL),
    ("windows-1250", CENTRAL),
    ("ISO-8859-9", TURKISH),
    ("windows-1254", TURKISH),
    ("ISO-8859-13", BALTIC),
    ("windows-1257", BALTIC),
    ("windows-1251", RUSSIAN),
    ("KOI8-R", RUSSIAN),
    ("KOI8-U", UKRAINIAN),
    ("ISO-8859-5", RUSSIAN),
    ("x-mac-cyrillic", RUSSIAN),
    ("IBM866", RUSSIAN),
    ("ISO-8859-7", GREEK),
    ("windows-1253", GREEK),
    ("ISO-8859-8", HEBREW),
    ("windows-1255", HEBREW),
    ("ISO-8859-6", ARABIC),
    ("windows-1256", ARABIC),
    ("TIS-620", THAI),
    ("windows-874", THAI),
    ("Shift_JIS", JAPANESE),
    ("EUC-JP", JAPANESE),
    ("ISO-2022-JP", JAPANESE),
    ("EUC-KR", KOREAN),
    ("ks_c_5601-1987", KOREAN),
    ("GB2312", SIMPLIFIED),
    ("GBK", SIMPLIFIED),
    ("GB18030", SIMPLIFIED),
    ("Big5", TRADITIONAL),
]


def feed(sentence: str, declaration: str = "") -> str:
    return (
        f"{declaration}<rss version='2.0'><channel><title>t</title><link>http://a.example/</link>"
        f"<item><title>{sentence}</title><description>{sentence}</description></item></channel></rss>"
    )


def encode(text: str, label: str) -> bytes:
    known = {"x-mac-cyrillic": "mac_cyrillic", "windows-874": "cp874", "ks_c_5601-1987": "cp949"}
    return text.encode(known.get(label, label))


def title(body: bytes, content_type: str = "") -> str:
    read = parse(body, content_type=content_type, now=NOW)
    assert isinstance(read, Document)
    return read.entries[0].title


@pytest.mark.parametrize(("label", "sentence"), DECLARED, ids=[label for label, _ in DECLARED])
def test_a_declared_charset_is_honoured(label: str, sentence: str) -> None:
    body = encode(feed(sentence, f'<?xml version="1.0" encoding="{label}"?>'), label)
    assert title(body) == sentence


@pytest.mark.parametrize(("label", "sentence"), DECLARED[3:], ids=[label for label, _ in DECLARED[3:]])
def test_a_charset_that_only_http_names_is_honoured(label: str, sentence: str) -> None:
    assert title(encode(feed(sentence), label), f"text/xml; charset={label}") == sentence


UNDECLARED = [
    ("UTF-8", WESTERN),
    ("UTF-16-LE", WESTERN),
    ("UTF-16-BE", RUSSIAN),
    ("UTF-32-LE", RUSSIAN),
    ("windows-1252", WESTERN),
    ("windows-1251", RUSSIAN),
    ("KOI8-R", RUSSIAN),
    ("windows-1253", GREEK),
    ("windows-1255", HEBREW),
    ("windows-1256", ARABIC),
    ("TIS-620", THAI),
    ("Shift_JIS", JAPANESE),
    ("EUC-JP", JAPANESE),
    ("EUC-KR", KOREAN),
    ("GB18030", SIMPLIFIED),
    ("Big5", TRADITIONAL),
]


@pytest.mark.parametrize(("label", "sentence"), UNDECLARED, ids=[label for label, _ in UNDECLARED])
def test_an_undeclared_charset_is_found(label: str, sentence: str) -> None:
    assert title(feed(sentence).encode(label)) == sentence


WRONG = [
    ("ISO-8859-1", "utf-8", RUSSIAN),
    ("windows-1251", "utf-8", JAPANESE),
    ("us-ascii", "utf-8", WESTERN),
    ("GB2312", "utf-8", SIMPLIFIED),
    ("utf-8", "windows-1251", RUSSIAN),
    ("utf-8", "windows-1252", WESTERN),
    ("utf-16", "utf-8", WESTERN),
    ("no-such-charset", "utf-8", WESTERN),
    ("ISO-8859-1", "windows-1251", RUSSIAN),
    ("ISO-8859-1", "windows-1252", WESTERN),
]


@pytest.mark.parametrize(("declared", "real", "sentence"), WRONG, ids=[f"{d} for {r}" for d, r, _ in WRONG])
def test_a_wrong_declaration_is_seen_through(declared: str, real: str, sentence: str) -> None:
    assert title(feed(sentence, f'<?xml version="1.0" encoding="{declared}"?>').encode(real)) == sentence


def test_the_latin_1_that_servers_add_does_not_overrule_the_document() -> None:
    body = feed(RUSSIAN, '<?xml version="1.0" encoding="windows-1251"?>').encode("windows-1251")
    assert title(body, "text/xml; charset=ISO-8859-1") == RUSSIAN


MARKS = [("utf-8", codecs.BOM_UTF8), ("utf-16-le", codecs.BOM_UTF16_LE), ("utf-16-be", codecs.BOM_UTF16_BE),
         ("utf-32-le", codecs.BOM_UTF32_LE), ("utf-32-be", codecs.BOM_UTF32_BE)]  # fmt: skip


@pytest.mark.parametrize(("charset", "mark"), MARKS, ids=[charset for charset, _ in MARKS])
def test_a_byte_order_mark_overrules_any_declaration(charset: str, mark: bytes) -> None:
    body = mark + feed(UKRAINIAN, '<?xml version="1.0" encoding="ISO-8859-1"?>').encode(charset)
    assert title(body, "text/xml; charset=KOI8-R") == UKRAINIAN


def test_stray_windows_bytes_in_utf_8_are_read_as_such() -> None:
    body = feed(WESTERN + " |ministry\u2019s note|").encode().replace("\u2019s note".encode(), b"\x92s note")
    assert title(body).endswith("|ministry\u2019s note|")


def test_a_utf_8_document_cut_inside_a_character_stays_utf_8() -> None:
    body = feed(JAPANESE).encode()
    assert decode(body[: body.index("。".encode()) + 1], "").text.startswith(feed(JAPANESE)[:100])


@given(
    st.binary(max_size=300), st.sampled_from(["", "text/xml; charset=utf-8", "text/xml; charset=zlib", "a;charset=x"])
)
def test_any_bytes_decode(body: bytes, content_type: str) -> None:
    for declaration in (b"", b"<?xml version='1.0' encoding='base64'?>", b"<?xml encoding='gb18030'?>"):
        decode(declaration + body, content_type).text.encode("utf-8", "surrogatepass")
