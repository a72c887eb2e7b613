"""Names: where they are found, where they are not, and that their places are right."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.config import Actor
from pipelines.text.inflection import inflections
from pipelines.text.names import NameFinder
from pipelines.text.normalise import aligned, normalise


def found(alias: str, text: str, language: str = "en", ignore_diacritics: bool = False) -> list[str]:
    finder = NameFinder([Actor(name="A", aliases={"all": [alias]})], language, ignore_diacritics)
    return [text[mention.start : mention.end] for mention in finder.mentions(text)]


@pytest.mark.parametrize(
    ("alias", "text", "expected"),
    [
        ("Yoon", "Yoon spoke", ["Yoon"]),
        ("Yoon", "Yoonhee spoke", []),
        ("Yoon", "MacYoon spoke", []),
        ("Yoon", "Yoon_2 spoke", []),
        ("Yoon", "(Yoon), anti-Yoon", ["Yoon", "Yoon"]),
        ("普京", "俄罗斯总统普京周四说", ["普京"]),
        ("プーチン", "露プーチン大統領は", ["プーチン"]),
        ("プーチン", "ラスプーチンは", []),
        ("ゼレンスキー", "ゼレンスキー大統領は", ["ゼレンスキー"]),
        ("ปูติน", "ประธานาธิบดีปูตินกล่าว", ["ปูติน"]),
        ("Putin", "俄罗斯总统Putin周四说", ["Putin"]),
        ("U.S.", "the U.S., again", ["U.S."]),
        ("C++ (group)", "the C++ (group) said", ["C++ (group)"]),
    ],
)
def test_a_name_is_bounded_by_words_where_its_script_has_them(
    alias: str, text: str, expected: list[str]
) -> None:
    assert found(alias, text) == expected


@pytest.mark.parametrize(
    ("language", "alias", "text", "expected"),
    [
        ("ru", "Путин", "Слова Путина, с Путиным и о Путине", ["Путина", "Путиным", "Путине"]),
        ("ru", "Путин", "Путинка и распутин", []),
        ("uk", "Біла Церква", "у Білій Церкві, до Білої Церкви", ["Білій Церкві", "Білої Церкви"]),
        ("uk", "Марина", "Марини, Марині, Мариною", ["Марини", "Марині", "Мариною"]),
        ("uk", "Рудська", "Рудської, Рудську, Рудський", ["Рудської", "Рудську"]),
        ("ar", "البرلمان", "للبرلمان والبرلمان وللبرلمان", ["للبرلمان", "البرلمان", "للبرلمان"]),
        ("en", "El-Sayed", "el-Sayed, el-sayed", ["el-Sayed"]),
        ("es", "TT", "El T.T. y el TT", ["T.T.", "TT"]),
        ("ru", "Владимир Путин", "встреча с Владимиром Путиным", ["Владимиром Путиным"]),
        ("ru", "Зеленский", "Зеленского, Зеленскому", ["Зеленского", "Зеленскому"]),
        ("ru", "Северная Корея", "в Северной Корее", ["Северной Корее"]),
        ("uk", "Путін", "Путіна, Путіну, Путіним", ["Путіна", "Путіну", "Путіним"]),
        ("pl", "Putin", "Putina, Putinowi, Putinem", ["Putina", "Putinowi", "Putinem"]),
        ("pl", "Duda", "Dudy, Dudzie, Dudą", ["Dudy", "Dudzie", "Dudą"]),
        ("ru", "Зеленский", "Елена Зеленская, Зеленской", []),
        ("ru", "Меркель", "Меркель, с Меркелью, Меркелем", ["Меркель", "Меркелью", "Меркелем"]),
        ("ru", "Обама", "Обамы, Обаме, Обаму, Обамой", ["Обамы", "Обаме", "Обаму", "Обамой"]),
        (
            "ru",
            "Лавров",
            "Лаврова, Лавровым, о Лаврове, лавровый, Лавровский",
            ["Лаврова", "Лавровым", "Лаврове"],
        ),
        ("ru", "Мишустин", "Мишустина, Мишустиным, Мишустину", ["Мишустина", "Мишустиным", "Мишустину"]),
        ("ru", "Ким Чен Ын", "Ким Чен Ына, Ким Чен Ыном, Кимоно", ["Ким Чен Ына", "Ким Чен Ыном"]),
        ("ru", "Юн Сок Ёль", "с Юн Сок Ёлем", ["Юн Сок Ёлем"]),
        ("ru", "Ким", "Кима, Киму, Кимоно, Кимберли", ["Кима", "Киму"]),
        ("ru", "Путин", "Началась путина", []),
        ("ru", "Соединённые Штаты", "в Соединённых Штатах", ["Соединённых Штатах"]),
        ("ru", "Павел Дуров", "Павла Дурова, Павлом Дуровым", ["Павла Дурова", "Павлом Дуровым"]),
        (
            "uk",
            "Зеленський",
            "Зеленського, Зеленському, Зеленським",
            ["Зеленського", "Зеленському", "Зеленським"],
        ),
        ("uk", "Порошенко", "Порошенка, Порошенком, Порошенкові", ["Порошенка", "Порошенком", "Порошенкові"]),
        ("uk", "Америка", "Америці, Америкою", ["Америці", "Америкою"]),
        ("uk", "Київ", "Києва, Києві", ["Києва", "Києві"]),
        ("uk", "Мер", "Мерко, Мережа", []),
        ("pl", "Tusk", "Tuska, Tuskowi, Tuskiem, Tusku", ["Tuska", "Tuskowi", "Tuskiem", "Tusku"]),
        ("pl", "Kaczyński", "Kaczyńskiego, Kaczyńskim, Kaczyńska", ["Kaczyńskiego", "Kaczyńskim"]),
        ("pl", "Polska", "Polski, Polsce, Polską, polski", ["Polski", "Polsce", "Polską"]),
        ("cs", "Babiš", "Babiše, Babišovi, Babišem", ["Babiše", "Babišovi", "Babišem"]),
        ("cs", "Zelenskyj", "Zelenskyjem, Zelenskyji", ["Zelenskyjem"]),
        ("sk", "Fico", "Fica, Ficovi, Ficom", ["Fica", "Ficovi", "Ficom"]),
        ("tr", "Erdoğan", "Erdoğan'ın, Erdoğan’a, Erdoğanlar", ["Erdoğan", "Erdoğan", "Erdoğanlar"]),
        ("fi", "Scholz", "Scholzin, Scholzille, Scholzia", ["Scholzin", "Scholzille", "Scholzia"]),
        ("hu", "Obama", "Obamát, Obamának, Obamával", ["Obamát", "Obamának", "Obamával"]),
        ("hu", "Putyin", "Putyinnal, Putyint", ["Putyinnal", "Putyint"]),
        ("el", "Μητσοτάκης", "του Μητσοτάκη, ο Μητσοτάκης", ["Μητσοτάκη", "Μητσοτάκης"]),
        ("lt", "Nausėda", "Nausėdos, Nausėdą", ["Nausėdos", "Nausėdą"]),
        ("ko", "윤석열", "윤석열은 윤석열이 윤석열에게도 윤석열파", ["윤석열은", "윤석열이", "윤석열에게도"]),
        ("ko", "푸틴", "푸틴은 푸틴이 푸틴의 푸틴에게", ["푸틴은", "푸틴이", "푸틴의", "푸틴에게"]),
        ("ko", "푸틴", "람푸틴은 푸틴스키", []),
        ("ko", "GUR", "GUR는 말했다. GURU는", ["GUR는"]),
        ("tr", "Putin", "Putin'in Putinle Putini", ["Putin", "Putinle", "Putini"]),
        ("fi", "Putin", "Putinin, Putinille, Putinista", ["Putinin", "Putinille", "Putinista"]),
        ("ar", "بوتين", "وبوتين لبوتين بوتين", ["بوتين", "بوتين", "بوتين"]),
        ("de", "Merkel", "Merkels Rede, Merkelchen", ["Merkels"]),
        ("en", "Putin", "Putina", []),
    ],
)
def test_a_name_takes_the_endings_and_prefixes_of_its_language(
    language: str, alias: str, text: str, expected: list[str]
) -> None:
    assert found(alias, text, language) == expected


@pytest.mark.parametrize(
    ("alias", "text"),
    [
        ("Putin", "PUTIN SPOKE"),
        ("Putin", "putin spoke"),
        ("Putin", "PUTİN KONUŞTU"),
        ("Путин", "ПУТИН"),
        ("Straße", "STRASSE"),
        ("Yoon", "Yoon’s plan"),
        ("Ukraine", "l’Ukraine a dit"),
        ("Ukraine's intelligence", "Ukraine’s intelligence said"),
        ("Ukraine’s intelligence", "Ukraine's intelligence said"),
        ("Yoon Suk-yeol", "Yoon Suk\u2011yeol"),
        ("Yoon Suk Yeol", "Yoon\u00a0Suk  Yeol"),
        ("Señor Zapata", unicodedata.normalize("NFD", "Señor Zapata")),
        (unicodedata.normalize("NFD", "윤석열"), "윤석열 말했다"),
        ("윤석열", unicodedata.normalize("NFD", "윤석열 말했다")),
        ("Putin", "Ｐｕｔｉｎ"),
        ("Putin", "Pu\u00adtin"),
        ("Путин", "\u200bПутин\u200b"),
    ],
)
def test_a_name_is_found_in_whichever_way_it_is_written(alias: str, text: str) -> None:
    assert len(found(alias, text)) == 1


@pytest.mark.parametrize(
    ("alias", "text", "expected"),
    [
        ("Short", "Short wore short sleeves", ["Short"]),
        ("US", "The US told us", ["US"]),
        ("GUR", "HUR and gur", []),
        ("Moon Jae-in", "moon jae-in spoke to Kim", ["moon jae-in"]),
        ("bin Salman", "Prince Bin Salman", ["Bin Salman"]),
    ],
)
def test_capitals_tell_a_name_from_a_word_where_the_text_has_them(
    alias: str, text: str, expected: list[str]
) -> None:
    assert found(alias, text) == expected


def test_diacritics_are_ignored_where_asked() -> None:
    assert found("Yeşil", "Yesil ve Yeşil") == ["Yeşil"]
    assert found("Yeşil", "Yesil ve Yeşil", ignore_diacritics=True) == ["Yesil", "Yeşil"]
    assert found("Милей", "Милеи", ignore_diacritics=True) == []


def test_the_longest_name_wins() -> None:
    actors = [Actor(name="North", aliases={"all": ["North Korea"]}), Actor(name="Korea")]
    mentions = NameFinder(actors, "en").mentions("North Korea and Korea")
    assert [(mention.start, mention.end, mention.actor) for mention in mentions] == [
        (0, 11, "North"),
        (16, 21, "Korea"),
    ]


def test_a_name_that_two_share_is_found_for_both() -> None:
    actors = [Actor(name="A", aliases={"all": ["Kim"]}), Actor(name="B", aliases={"all": ["Kim"]})]
    assert [mention.actor for mention in NameFinder(actors, "en").mentions("Kim")] == ["A", "B"]


def test_every_inflection_of_the_data_file_adds_something() -> None:
    assert all(entry.endings or entry.prefixes or entry.replaced for entry in inflections().values())
    assert {"ru", "uk", "pl", "ko", "tr", "fi", "ar"} <= inflections().keys()


LETTERS = st.text(st.sampled_from("aAbBßİıéşйЙё김푸中ｦﬁ²'’“ -\u00ad\u200b\u0301\u1100\u1161\n"), max_size=30)


@given(LETTERS)
def test_aligned_text_is_the_normalised_text_with_places_in_order(text: str) -> None:
    folded, offsets = aligned(text)
    assert normalise(folded) == normalise(text)
    assert len(offsets) == len(folded) + 1
    assert list(offsets) == sorted(offsets)
    assert offsets[-1] == len(text)


@given(LETTERS, LETTERS, st.sampled_from(["en", "ru", "ko", "ar", "zh"]))
def test_the_places_of_a_mention_hold_the_name_that_was_looked_for(
    before: str, after: str, language: str
) -> None:
    text = f"{before} Путин {after}"
    finder = NameFinder([Actor(name="A", aliases={"all": ["Путин"]})], language)
    written = [text[mention.start : mention.end] for mention in finder.mentions(text)]
    assert written
    assert all(normalise(name).startswith("путин") for name in written)


@pytest.mark.parametrize(
    ("language", "alias", "text", "expected"),
    [
        ("pl", "Wałęsa", "Wałęsy, Walesy", ["Wałęsy", "Walesy"]),
        ("cs", "Babiš", "Babišův, Babisovi", ["Babišův", "Babisovi"]),
        ("lt", "Grybauskaitė", "Grybauskaitės", ["Grybauskaitės"]),
        ("uk", "Львів", "Львова", ["Львова"]),
    ],
)
def test_endings_are_known_before_diacritics_are_ignored(
    language: str, alias: str, text: str, expected: list[str]
) -> None:
    assert found(alias, text, language, ignore_diacritics=True) == expected


@pytest.mark.parametrize(
    ("language", "alias", "text", "expected"),
    [
        ("ru", "Рублёв", "Рублева, Рублёвым", ["Рублева", "Рублёвым"]),
        ("ar", "إسماعيل هنية", "اسماعيل هنيه", ["اسماعيل هنيه"]),
        ("fa", "علی خامنه‌ای", "علي خامنهاي", ["علي خامنهاي"]),
        ("ar", "سلمان", "سلــمان", ["سلــمان"]),
        ("he", 'ש"ס', "ש״ס", ["ש״ס"]),
        ("el", "Μητσοτάκης", "ΜΗΤΣΟΤΑΚΗΣ", ["ΜΗΤΣΟΤΑΚΗΣ"]),
        ("tr", "Yıldırım", "YILDIRIM", ["YILDIRIM"]),
        ("en", "BRICS", "Brics leaders", ["Brics"]),
        ("en", "WHO", "Who is it? The WHO.", ["WHO"]),
        ("en", "EU", "the E.U. and the EU", ["E.U.", "EU"]),
        ("en", "U.N.", "the UN said", ["UN"]),
        ("es", "EE.UU.", "EE. UU. y EEUU", ["EE. UU.", "EEUU"]),
        ("en", "Li", "Louis LI of France and Li", ["Li"]),
        ("en", "Xi", "in XI chapters", []),
        ("en", "Moon Jae In", "Moon Jae-in met Kim", ["Moon Jae-in"]),
        ("fr", "Anne-Marie Trevelyan", "Anne Marie Trevelyan", ["Anne Marie Trevelyan"]),
        ("cs", "Karel", "Karla, Karlovi, Karlův", ["Karla", "Karlovi", "Karlův"]),
        ("pl", "Paweł", "Pawła, Pawłem", ["Pawła", "Pawłem"]),
        ("zh", "王毅", "女王毅然", []),
        ("zh", "李强", "李强大声说，总理李强表示", ["李强", "李强"]),
        ("zh", "韩国", "韩国会继续", ["韩国"]),
        ("zh", "习近平", "習近平主席", ["習近平"]),
        ("fa", "احمدی‌نژاد", "احمدي نژاد", ["احمدي نژاد"]),
        ("fa", "رئیسی", "رييسی", ["رييسی"]),
        ("hi", "ज़ेलेंस्की", "जेलेंस्की ने", ["जेलेंस्की"]),
        ("ro", "Șoșoacă", "Şoşoacă", ["Şoşoacă"]),
        ("fr", "Élisabeth Borne", "Elisabeth Borne", ["Elisabeth Borne"]),
        ("es", "EE. UU.", "EE UU", ["EE UU"]),
        ("en", "Ma", "an MA from Ma", ["Ma"]),
        ("bg", "Радев", "Радев и Радева", ["Радев"]),
        ("sk", "Pellegrini", "Pellegriniho", ["Pellegriniho"]),
        ("bn", "হাসিনা", "হাসিনার", ["হাসিনার"]),
    ],
)
def test_a_name_is_found_in_each_way_that_its_language_writes_it(
    language: str, alias: str, text: str, expected: list[str]
) -> None:
    assert found(alias, text, language) == expected


@pytest.mark.parametrize("key", ["zh-Hant", "zh-Hans", "zh"])
def test_names_for_one_script_are_found_in_texts_of_the_other(key: str) -> None:
    finder = NameFinder([Actor(name="A", aliases={key: ["蔡英文"]})], "zh")
    assert [mention.start for mention in finder.mentions("總統蔡英文說")] == [2]
