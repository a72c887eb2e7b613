"""Who speaks and acts: verbs of speaking, quotations, pronouns and epithets, in every language of the data files."""

from __future__ import annotations

from importlib.resources import files

import pytest

from pipelines.config import Actor, Find
from pipelines.find import find
from pipelines.find.grammar import grammar_of
from pipelines.records import Article, Sentence, TranslatedArticle

ACTORS = [
    Actor(
        name="Putin",
        aliases={"all": ["Vladimir Putin", "Putin"], "ru": ["Владимир Путин", "Путин"], "uk": ["Путін"], "ko": ["푸틴"]},
        pronouns=["he"],
    ),
    Actor(name="Merkel", aliases={"all": ["Angela Merkel", "Merkel"], "ru": ["Меркель"], "ko": ["메르켈"]}, pronouns=["she"]),
    Actor(name="Yoon", aliases={"all": ["Yoon Suk Yeol", "Yoon"], "ko": ["윤석열"]}),
    Actor(name="GUR", aliases={"all": ["GUR"]}, pronouns=["it", "they"]),
]  # fmt: skip


def read(*sentences: str, language: str = "en") -> list[str]:
    """For each sentence the actors it is given to: in capitals where they speak, in brackets if not named."""
    article = Article("a", language, "\n".join(sentences))
    starts = [article.text.index(sentence) for sentence in sentences]
    rows = tuple(Sentence(at, at + len(s), s, s) for at, s in zip(starts, sentences, strict=True))
    told: list[list[str]] = [[] for _ in sentences]
    for passage in find([TranslatedArticle(article, rows)], ACTORS, [], language, Find()):
        name = passage.actor.upper() if passage.voice == "quoted" else passage.actor
        told[starts.index(passage.start)].append(f"({name})" if passage.matched == "resolved" else name)
    return [" ".join(names) for names in told]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("“We will win this war,” Putin said.", "PUTIN"),
        ("“We will win this war,” said President Vladimir Putin.", "PUTIN"),
        ("“We will win,” Putin, who is 72, said on Friday, “and soon.”", "PUTIN"),
        ("Putin said: “We will win”", "PUTIN"),
        ("Putin said that they would win.", "PUTIN"),
        ("According to aides, Putin warned of war.", "PUTIN"),
        ("Only Putin had the courage to say no.", "Putin"),
        ("Putin went on to say that it was late.", "PUTIN"),
        ("In a statement by Putin: “We will win this war.”", "PUTIN"),
        ("Criticism of Putin: “He has lost this war.”", "Putin"),
        ("“We will win this war.” — Vladimir Putin", "PUTIN"),
        ("Putin spoke of a “special operation”.", "Putin"),
        ("“Putin will win this war,” she said.", "Putin"),
        ("“Putin will win this war,” Merkel said.", "Putin MERKEL"),
        ("Putin's spokesman said it was late.", "Putin"),
        ("Aides to Putin said it was late.", "Putin"),
        ("Reporters told Putin to leave.", "Putin"),
        ("Asked by Yoon about the war, Putin said nothing had changed.", "PUTIN Yoon"),
        ("Putin and Merkel said that they would talk.", "PUTIN MERKEL"),
        ("Putin smiled and said it was over.", "PUTIN"),
        ("Putin hugged Merkel, but later told reporters that nothing had changed.", "PUTIN Merkel"),
        ("Putin came and a man said it was over.", "Putin"),
        ("According to Putin, the talks were pointless.", "PUTIN"),
        ("According to Putin's spokesman, the talks were pointless.", "Putin"),
    ],
)
def test_the_speaker_is_the_subject_of_a_verb_of_speaking(sentence: str, expected: str) -> None:
    assert read(sentence) == [expected]


@pytest.mark.parametrize(
    ("sentences", "expected"),
    [
        (("Putin flew to Pyongyang.", "He praised the soldiers."), ["Putin", "(PUTIN)"]),
        (("Putin flew to Pyongyang.", "She praised the soldiers."), ["Putin", ""]),
        (("Putin met Merkel.", "She left early."), ["Putin Merkel", "(Merkel)"]),
        (("Putin met Kim Jong Un, the North Korean leader.", "He left early."), ["Putin", "(Putin)"]),
        (("Putin arrived.", "Defense Minister Andrei Belousov spoke next.", "He left early."), ["Putin", "", ""]),
        (("Putin arrived.", "A South Korean official spoke next.", "He left early."), ["Putin", "", ""]),
        (("Putin arrived.", "The snow fell.", "He left early."), ["Putin", "", "(Putin)"]),
        (("Putin arrived.", "One.", "Two.", "Three.", "He left early."), ["Putin", "", "", "", ""]),
        (("The GUR replied on Friday.", "It blames Moscow."), ["GUR", "(GUR)"]),
        (("The GUR published a report.", "It blames Moscow."), ["GUR", ""]),
        (("The GUR replied to questions.", "They were many."), ["GUR", ""]),
        (("Moscow answered the GUR.", "It was late."), ["GUR", ""]),
        (("The GUR replied on Friday.", "Nobody heard.", "It was late."), ["GUR", "", ""]),
        (("Putin arrived.", "Friedrich Merz, the opposition leader, left.", "He was tired."), ["Putin", "", ""]),
        (("Putin arrived.", "Friedrich Merz has also said so.", "He was tired."), ["Putin", "", ""]),
        (("Yoon arrived.", "Kim Keon-hee, a mother of two, left.", "She was tired."), ["Yoon", "", ""]),
        (("Putin arrived.", "Critics say that he lost the war."), ["Putin", ""]),
        (("Putin arrived.", "He said that he lost the war."), ["Putin", "(PUTIN)"]),
        (("Putin arrived.", "Merkel said that Putin left."), ["Putin", "Putin MERKEL"]),
        (("Putin and Yoon met.", "They said little."), ["Putin Yoon", "(PUTIN) (YOON)"]),
        (("Putin arrived.", "Asked about Yoon’s plan, he laughed."), ["Putin", "(Putin) Yoon"]),
        (("Putin arrived.", "A former spy, he has no friends."), ["Putin", "(Putin)"]),
        (("Putin arrived.", "In his view, the war is won."), ["Putin", "(Putin)"]),
        (("Yoon arrived.", "Sandra Moon, the mayor, left.", "He was tired."), ["Yoon", "", "(Yoon)"]),
        (("Putin arrived.", "He should resign."), ["Putin", ""]),
        (("Putin arrived.", "He is right."), ["Putin", ""]),
        (("Putin arrived.", "Does he mean it?"), ["Putin", ""]),
        (("Putin arrived.", "He said that he must resign."), ["Putin", "(PUTIN)"]),
    ],
)  # fmt: skip
def test_a_pronoun_is_the_last_fitting_person(sentences: tuple[str, ...], expected: list[str]) -> None:
    assert read(*sentences) == expected


@pytest.mark.parametrize(
    ("sentences", "expected"),
    [
        (("President Vladimir Putin arrived.", "The president left early."), ["Putin", "(Putin)"]),
        (("Putin arrived.", "The strongman leader then left."), ["Putin", "(Putin)"]),
        (("Putin arrived.", "The mayor then left."), ["Putin", ""]),
        (
            ("President Vladimir Putin met Polish President Andrzej Duda.", "The Polish president left early."),
            ["Putin", ""],
        ),
        (
            ("President Vladimir Putin met Yoon.", "A man from the president’s office told reporters so."),
            ["Putin Yoon", ""],
        ),
        (
            ("Russian President Vladimir Putin met Merkel.", "The president of Poland left early."),
            ["Putin Merkel", ""],
        ),
        (
            ("Putin met Yoon Suk Yeol, the South Korean president.", "The president then left."),
            ["Putin Yoon", "(Yoon)"],
        ),
        (("Putin arrived.", "The president then left."), ["Putin", "(Putin)"]),
        (("Putin and Yoon met.", "The president then left."), ["Putin Yoon", ""]),
        (("Putin met Yoon.", "The 71-year-old former spy left early."), ["Putin Yoon", "(Putin)"]),
        (("Yoon met Merkel.", "But the Ohio Republican also warned that it was late."), ["Merkel Yoon", "(YOON)"]),
        (("Merkel spoke.", "The Virginia congressman was silent."), ["Merkel", ""]),
        (("Senate Majority Leader Vladimir Putin met Yoon.", "The minority leader left."), ["Putin Yoon", "(Yoon)"]),
        (
            ("Former President Vladimir Putin met President Yoon Suk Yeol.", "The former president left."),
            ["Putin Yoon", "(Putin)"],
        ),
        (
            ("Former President Vladimir Putin met President Yoon Suk Yeol.", "The president left."),
            ["Putin Yoon", "(Yoon)"],
        ),
        (("Yoon resigned on Sunday.", "“I cannot defend it,” his letter said."), ["Yoon", "(YOON)"]),
        (("Yoon resigned on Sunday.", "“We won the war,” read another post."), ["Yoon", "(YOON)"]),
    ],
)  # fmt: skip
def test_an_epithet_is_the_last_who_has_that_role(sentences: tuple[str, ...], expected: list[str]) -> None:
    assert read(*sentences) == expected


@pytest.mark.parametrize(
    ("sentences", "expected"),
    [
        (("“We will win.", "We always do,” Putin said."), ["(PUTIN)", "PUTIN"]),
        (("Putin said: “We will win.", "We always do.”"), ["PUTIN", "(PUTIN)"]),
        (("“We will win,” Putin said.", "“We always do.”"), ["PUTIN", "(PUTIN)"]),
        (("“What a crowd!”", "Putin wrote on Telegram."), ["(PUTIN)", "PUTIN"]),
        (("“We will win,” Putin said.", "“They will not,” Merkel said.", "“Never.”"), ["PUTIN", "MERKEL", "(MERKEL)"]),
        (("“We will win,” Putin said.", "‘Escalation’", "Merkel left."), ["PUTIN", "", "Merkel"]),
        (("“We will win,” Putin said.", "“They will not,” a witness said.", "“Never again.”"), ["PUTIN", "", ""]),
        (("Putin left.", "The snow fell.", "The night came.", "“What a long day it was.”"), ["Putin", "", "", ""]),
    ],
)  # fmt: skip
def test_a_quotation_belongs_to_who_speaks_around_it(sentences: tuple[str, ...], expected: list[str]) -> None:
    assert read(*sentences) == expected


@pytest.mark.parametrize(
    ("language", "sentences", "expected"),
    [
        ("pt", ("“Vamos vencer”, disse Putin.", "“Sempre vencemos”, afirmou ele."), ["PUTIN", "(PUTIN)"]),
        ("pt", ("O presidente Vladimir Putin chegou.", "O que vamos fazer é o nosso negócio, disse ele."), ["Putin", "(PUTIN)"]),
        ("pt", ("O presidente Vladimir Putin chegou.", "O líder russo saiu cedo."), ["Putin", "(Putin)"]),
        ("pt", ("O presidente da Rússia, Vladimir Putin, afirmou isso.", "O presidente polonês saiu."), ["PUTIN", ""]),
        ("pt", ("A chanceler Angela Merkel disse que não.", "Depois afirmou que sim."), ["MERKEL", "(MERKEL)"]),
        ("pt", ("Putin chegou.", "O governo, por sua vez, afirmou que era tarde."), ["Putin", ""]),
        ("pt", ("— A Rússia também quer — respondeu Putin.", "Segundo Putin, é tarde."), ["PUTIN", "PUTIN"]),
        ("pt", ("Ele falou com o presidente Vladimir Putin e disse que era tarde.",), ["Putin"]),
        ("pt", ("Putin chegou.", "Um funcionário do escritório do presidente disse que era tarde."), ["Putin", ""]),
        ("pt", ("A GUR respondeu ontem.", "Ela culpa Moscou."), ["GUR", "(GUR)"]),
        ("pt", ("A GUR respondeu ontem.", "Ele culpa Moscou."), ["GUR", ""]),
        ("es", ("La GUR respondió ayer.", "Ella culpa a Moscú."), ["GUR", "(GUR)"]),
        ("es", ("La GUR publicó un informe.", "Ella culpa a Moscú."), ["GUR", ""]),
        ("fr", ("La GUR a répondu hier.", "Elle accuse Moscou."), ["GUR", "(GUR)"]),
        ("fr", ("La GUR a répondu hier.", "Il accuse Moscou."), ["GUR", ""]),
        ("de", ("Die GUR antwortete gestern.", "Sie beschuldigt Moskau."), ["GUR", "(GUR)"]),
        ("de", ("Die GUR antwortete gestern.", "Es war spät."), ["GUR", ""]),
        ("ru", ("GUR ответила вчера.", "Она обвиняет Москву."), ["GUR", ""]),
        ("uk", ("GUR відповіла вчора.", "Вона звинувачує Москву."), ["GUR", ""]),
        ("es", ("«Ganaremos», dijo Putin.", "«Siempre ganamos», añadió el mandatario."), ["PUTIN", "(PUTIN)"]),
        ("es", ("—Ganaremos pronto —dijo Putin.", "Él se marchó temprano."), ["PUTIN", "(Putin)"]),
        ("es", ("«Todo va bien», ha dicho Putin.", "Además, señaló que era tarde."), ["PUTIN", "(PUTIN)"]),
        ("es", ("El presidente ruso, Vladimir Putin, llegó.", "El presidente chino habló."), ["Putin", ""]),
        ("es", ("Putin llegó el lunes.", "«Ganaremos pronto», afirmó en Moscú."), ["Putin", "(PUTIN)"]),
        ("fr", ("« Nous gagnerons », a déclaré Putin.", "« Toujours », a-t-il ajouté."), ["PUTIN", "(PUTIN)"]),
        ("fr", ("Le président russe, Vladimir Putin, est là.", "Le président chinois a dit non."), ["Putin", ""]),
        ("fr", ("Selon Putin, il est tard.",), ["PUTIN"]),
        ("fr", ("Angela Merkel est arrivée.", "Elle a dénoncé la guerre."), ["Merkel", "(MERKEL)"]),
        ("de", ("„Wir gewinnen immer“, sagte Putin.", "Er reiste danach ab."), ["PUTIN", "(Putin)"]),
        ("de", ("Putins Sprecher sagte, es sei spät.", "„Es ist jetzt spät“, hat Putin gesagt."), ["Putin", "PUTIN"]),
        ("de", ("Laut Putin ist es spät.", "Laut Putins Sprecher ist es früh."), ["PUTIN", "Putin"]),
        ("de", ("Kanzlerin Angela Merkel kam an.", "Die Kanzlerin kritisierte den Krieg."), ["Merkel", "(MERKEL)"]),
        ("ru", ("«Мы победим», — заявил Путин.", "«Всегда побеждаем», — добавил он."), ["PUTIN", "(PUTIN)"]),
        ("ru", ("Президент Владимир Путин прибыл.", "Он осудил войну."), ["Putin", "(PUTIN)"]),
        ("ru", ("Путин прибыл.", "Представитель министерства заявил, что поздно."), ["Putin", ""]),
        ("ru", ("Представитель Путина заявил, что поздно.", "По словам Путина, рано."), ["Putin", "PUTIN"]),
        ("ru", ("По словам советника Путина, рано.",), ["Putin"]),
        ("ru", ("Помощник Путина Юрий Ушаков заявил, что поздно.", "Он ушёл."), ["Putin", ""]),
        ("ru", ("Президент Путин прибыл.", "«Ещё совсем рано», — добавил президент."), ["Putin", "(PUTIN)"]),
        ("ru", ("Путин прибыл.", "По его словам, рано.", "Он улыбнулся и сказал, что рано."), ["Putin", "(PUTIN)", "(PUTIN)"]),
        ("uk", ("Речник Путіна заявив, що пізно.", "За словами Путіна, рано."), ["Putin", "PUTIN"]),
        ("uk", ("«Ми переможемо», — заявив Путін.", "Він додав, що пізно."), ["PUTIN", "(PUTIN)"]),
        ("ko", ("푸틴 대통령은 \"우리는 이긴다\"고 말했다.", "그는 곧 떠났다."), ["PUTIN", "(Putin)"]),
        ("ko", ("푸틴은 도착했다.", "앙겔라 메르켈 전 독일 총리는 평화가 멀었다고 주장했다."), ["Putin", "MERKEL"]),
        ("ko", ("대통령실 관계자는 윤석열 대통령이 우려했다고 전했다.",), ["Yoon"]),
        ("ko", ("푸틴은 월요일 도착했다.", "그는 전쟁을 비판했다."), ["Putin", "(PUTIN)"]),
        ("pl", ("„Wygramy” – powiedział Putin.", "– Zawsze wygrywamy – dodał."), ["PUTIN", "(PUTIN)"]),
        ("pl", ("Rzecznik Putina powiedział, że jest późno.", "Putin milczał."), ["Putin", "Putin"]),
        ("pl", ("Szef rządu Vladimir Putin oświadczył, że nie.",), ["PUTIN"]),
        ("zh", ("“我们会赢，”Putin说。", "“我们总是赢。”"), ["PUTIN", "(PUTIN)"]),
        ("zh", ("Putin的发言人说：“现在太晚了。”",), ["Putin"]),
        ("zh", ("Putin批评Merkel，称：“战争结束了。”",), ["PUTIN Merkel"]),
        ("zh", ("Putin抵达莫斯科。", "他说战争结束了。"), ["Putin", "(PUTIN)"]),
        ("ja", ("「我々は勝つ」とPutin大統領は述べた。", "「いつも勝つ。」"), ["PUTIN", "(PUTIN)"]),
        ("ja", ("Putin氏の報道官は「もう遅い」と述べた。",), ["Putin"]),
        ("ja", ("Putin氏は到着した。", "彼は戦争を批判した。"), ["Putin", "(PUTIN)"]),
        ("ar", ("قال Putin: «سوف ننتصر قريبا».", "وأضاف: «نحن ننتصر دائما»."), ["PUTIN", "(PUTIN)"]),
        ("ar", ("قال المتحدث باسم Putin إن الوقت متأخر.",), ["Putin"]),
        ("ar", ("وصل رئيس البلدية Putin.", "وقال رئيس البلدية Putin: «لا حرب اليوم»."), ["Putin", "PUTIN"]),
    ],
)  # fmt: skip
def test_speakers_are_found_in_the_languages_of_the_data_files(
    language: str, sentences: tuple[str, ...], expected: list[str]
) -> None:
    assert read(*sentences, language=language) == expected


@pytest.mark.parametrize(
    ("language", "introduction", "reference"),
    [
        ("en", "Home Secretary Vladimir Putin arrived.", "The home secretary left early."),
        ("pt", "O secretário-geral Vladimir Putin chegou.", "O secretário-geral saiu cedo."),
        ("es", "El viceministro Vladimir Putin llegó.", "El viceministro se fue."),
        ("fr", "Le préfet Vladimir Putin est arrivé.", "Le préfet est parti."),
        ("de", "Der Landrat Vladimir Putin kam an.", "Der Landrat ging wieder."),
        ("ru", "Кардинал Путин прибыл.", "Кардинал осудил войну."),
        ("uk", "Кардинал Путін прибув.", "Кардинал засудив війну."),
        ("ko", "푸틴 비서실장은 도착했다.", "비서실장은 전쟁을 비판했다."),
    ],
)
def test_an_office_refers_to_who_was_introduced_with_it(
    language: str, introduction: str, reference: str
) -> None:
    first, second = read(introduction, reference, language=language)
    assert (first.casefold(), second.casefold()) == ("putin", "(putin)")


@pytest.mark.parametrize(
    "rest", ["a" * 3000, "-" * 3000, "a-" * 1500, "a. " * 1000, ", a" * 1000, "“a " * 1000]
)
def test_a_line_that_is_no_sentence_is_read_at_once(rest: str) -> None:
    assert [told.lower() for told in read(f"Putin, {rest}")] == ["putin"]


def test_the_data_files_are_those_of_the_documented_languages() -> None:
    folder = files("pipelines.find").joinpath("grammar")
    languages = {file.name.removesuffix(".yaml") for file in folder.iterdir()}
    assert languages == {"ar", "de", "en", "es", "fr", "ja", "ko", "pl", "pt", "ru", "uk", "zh"}
    assert all(grammar_of(language) for language in languages)
    assert grammar_of("sw") is None


def test_a_transcript_gives_each_answer_to_its_label() -> None:
    rows = read(
        "Q: Will you leave?", "MERKEL: I will not leave.", "I like it here.", "PUTIN: I will.", "Q: Thanks."
    )
    assert rows == ["", "MERKEL", "(MERKEL)", "PUTIN", ""]


def test_one_lost_mark_costs_one_speaker() -> None:
    assert read('"We stay here, said Merkel.', '"We leave it," said Putin.') == ["MERKEL", "PUTIN"]
    assert read('He paid for a 55" set.', '"We leave it," said Putin.') == ["", "PUTIN"]


def test_a_name_under_a_quotation_is_its_speakers() -> None:
    assert read("“We will win this war.”", "— President Vladimir Putin") == ["(PUTIN)", "Putin"]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("de", "Gestern sagte Merkel, dass sie geht."),
        ("de", "In Berlin betonte gestern Merkel: „Ich gehe jetzt.“"),
        ("es", "En Berlín dijo Merkel que se va."),
        ("nl", "‘Ik ga nu echt weg uit dit land’, zei Merkel."),
    ],
)
def test_a_subject_after_an_adverbial_and_its_verb_speaks(language: str, sentence: str) -> None:
    assert read(sentence, language=language) == ["MERKEL"]


@pytest.mark.parametrize(
    ("language", "sentences", "expected"),
    [
        ("en", ("`Our troops will stay,' said Putin.", "`It is ours.'"), ["PUTIN", "(PUTIN)"]),
        ("nl", ("'Wij trekken ons niet terug', zegt Putin.",), ["PUTIN"]),
        ("es", ("«Es terrible», suspiró Merkel.",), ["MERKEL"]),
        ("ru", ("«Нам это пригодится».", "— Владимир Путин"), ["(PUTIN)", "Putin"]),
        ("fr", ("— Nous partons demain, prévient Merkel.", "— Non, répond Putin."), ["MERKEL", "PUTIN"]),
        (
            "en",
            ("Putin: They will stay.", "I will not sign.", "Merkel: We go.", "Putin: So what."),
            ["PUTIN", "(PUTIN)", "MERKEL", "PUTIN"],
        ),
        (
            "ko",
            ("푸틴: 그들은 남는다.", "서명하지 않겠다.", "메르켈: 반대한다.", "푸틴: 두고 보자."),
            ["PUTIN", "(PUTIN)", "MERKEL", "PUTIN"],
        ),
        ("ko", ("푸틴은 도착했다.", "장군이 전쟁을 비판했다."), ["Putin", ""]),
        ("zh", ("他说“为什么”。", "市长的秘书回应说：“好。”"), ["", ""]),
    ],
)
def test_quotations_in_the_ways_of_each_press(
    language: str, sentences: tuple[str, ...], expected: list[str]
) -> None:
    assert read(*sentences, language=language) == expected
