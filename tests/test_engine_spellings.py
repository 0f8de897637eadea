"""Words as people write and type them: what must meet, and what must not, in every engine."""

from __future__ import annotations

import pytest
from test_engine_contract import article, engine, ids  # noqa: F401 - a fixture

from searchapp.engine import Engine
from searchapp.model import Query

SOFT, ZERO, JOINER, MARK = "\u00ad", "\u200b", "\u2060", "\u200e"

TEXTS = {
    "soft": f"The so{SOFT}ft hy{SOFT}phen{SOFT}ation of the page",
    "zero": f"A mar{ZERO}ma{ZERO}lade{JOINER}d {MARK}toast{MARK}, and \ufeffbutter",
    "persian": "می\u200cخواهم",
    "run": "He ran 10km, then 10 km again",
    "apart": "He walked 12 km",
    "close": "He drove 12km",
    "format": "Written in HTML5 on 16GB",
    "formats": "Written in HTML 5 with 16 GB of it",
    "phone": "An iPhone15Pro",
    "hash": "Commit a1b2c3 and 9f86d081 of abc123",
    "ordinal": "The 3rd of the 1990s",
    "candidate": "Release 4.17.2-rc.1 is out",
    "python": "Release 4.17.3rc1 for python3.11",
    "archive": "Get lantern-5.23.1.tar.gz",
    "image": "Run lamp:6.31-slim",
    "beta": "Now v8.51-beta",
    "stable": "Now v8.51",
    "plain": "Now 8.51",
    "line": "The line 9.61.x",
    "camel": "Call fetchUserBasket()",
    "far": "It is 34,000km",
    "dotnet": "On .NET8",
    "dotnet2": "On .NET 8",
    "codec": "In H.264",
    "codec2": "In H264",
    "memory": "Has 1.5GB",
    "memory2": "Has 1.5 GB",
    "snake": "Call fetch_user_basket()",
    "kebab": "Use fetch-user-basket",
    "prose": "To fetch what a user has in the basket",
    "server": "An HTTPServer and an XMLHttpRequest",
    "vector": "A std::vector<int>",
    "cpp": "Since C++17",
    "csharp": "We use C#",
    "github": "On GitHub, OpenAI and macOS",
    "charset": "In UTF-8",
    "charset2": "In UTF8",
    "charset3": "In UTF 8",
    "charset4": "In UTF–8",
    "rock": "rock'n'roll",
    "rock2": "rock n roll",
    "rock3": "rock’n’roll",
    "dont": "We don't, you don’t, they don‘t",
    "dont2": "We don´t, you don`t",
    "dont3": "We don′t, you donʼt, he donʻt, she don＇t",
    "tag": "About #heron by @mira",
    "party": "Out now 🎉🎉!",
    "thumb": "Well done 👍🏽",
    "coder": "By 👩‍💻",
    "flag": "From 🇩🇪",
    "flags": "From 🇫🇷🇩🇰",
}


def blog(engine: Engine) -> Engine:  # noqa: F811
    engine.rebuild([article(f"{name}.md", f"Note on {name}note", text) for name, text in TEXTS.items()])
    return engine


FOUND = [
    ("soft", "soft"),
    ("hyphenation", "soft"),
    (f"hyphen{SOFT}ation", "soft"),
    ('"soft hyphenation of"', "soft"),
    ("hyphena*", "soft"),
    ("marmaladed", "zero"),
    ('"marmaladed toast and butter"', "zero"),
    ("marmal*", "zero"),
    (f"{MARK}toast", "zero"),
    ("butter", "zero"),
    ("میخواهم", "persian"),
    ("می\u200cخواهم", "persian"),
    ("10km", "run"),
    ("10 km", "run"),
    ('"10 km again"', "run"),
    ('"ran 10 km then"', "run"),
    ('"ran 10km then"', "run"),
    ("12km", "apart close"),
    ("12 km", "apart close"),
    ("HTML5", "format formats"),
    ("html 5", "format formats"),
    ('"HTML5"', "format formats"),
    ('"16 gb"', "format formats"),
    ("16gb", "format formats"),
    ("iphone15", "phone"),
    ("iphone 15 pro", "phone"),
    ("iphone", "phone"),
    ("a1b2c3", "hash"),
    ("abc123", "hash"),
    ("b", ""),
    ("abc", ""),
    ("rd", ""),
    ("3rd", "ordinal"),
    ("1990s", "ordinal"),
    ("4.17.2", "candidate"),
    ("4.17", "candidate python"),
    ("4.17.3", "python"),
    ("4.17.2-rc.1", "candidate"),
    ("3.11", "python"),
    ("5.23.1", "archive"),
    ("5.23", "archive"),
    ("23.1", ""),
    ("lantern-5.23.1", "archive"),
    ("lantern-5.23.1.tar.gz", "archive"),
    ("6.31", "image"),
    ("lamp:6.31", "image"),
    ("8.51", "beta stable plain"),
    ("v8.51", "beta stable plain"),
    ("v8.51-beta", "beta"),
    ("8.51-beta", "beta"),
    ("9.61", "line"),
    ("9.61.x", "line"),
    ("basket", "camel snake kebab prose"),
    ("fetchUser", "camel snake kebab"),
    ("fetchUserBasket", "camel snake kebab"),
    ("fetchuserbasket", "camel snake kebab"),
    ("FETCHUSERBASKET", "camel snake kebab"),
    ("fetch_user_basket", "camel snake kebab"),
    ("fetch-user-basket", "camel snake kebab"),
    ("user basket", "camel snake kebab prose"),
    ('"user basket"', "camel snake kebab"),
    ("httpserver", "server"),
    ("HTTPServer", "server"),
    ("http server", "server"),
    ("request", "server"),
    ("std::vector", "vector"),
    ("34,000 km", "far"),
    ("34000 km", "far"),
    (".NET", "dotnet dotnet2"),
    (".net8", "dotnet dotnet2"),
    (".net 8", "dotnet dotnet2"),
    ("h264", "codec codec2"),
    ("H.264", "codec codec2"),
    ("1.5gb", "memory memory2"),
    ('"1.5 gb"', "memory memory2"),
    ("vector", "vector"),
    ("c++", "cpp"),
    ("c++17", "cpp"),
    ("c#", "csharp"),
    ("github", "github"),
    ("GitHub", "github"),
    ("hub", ""),
    ("open", ""),
    ("UTF-8", "charset charset2 charset3 charset4"),
    ("UTF8", "charset charset2 charset3 charset4"),
    ("UTF 8", "charset charset2 charset3 charset4"),
    ('"utf 8"', "charset charset2 charset3 charset4"),
    ("rock'n'roll", "rock rock2 rock3"),
    ("rock n roll", "rock rock2 rock3"),
    ("rock´n´roll", "rock rock2 rock3"),
    ("don't", "dont dont2 dont3"),
    ("dont", "dont dont2 dont3"),
    ("don`t", "dont dont2 dont3"),
    ("donʻt", "dont dont2 dont3"),
    ("don‘t*", "dont dont2 dont3"),
    ("heron", "tag"),
    ("#heron", "tag"),
    ("mira", "tag"),
    ("@mira", "tag"),
    ("🎉", "party"),
    ("now 🎉", "party"),
    ("👍", "thumb"),
    ("👍🏿", "thumb"),
    ("👩‍💻", "coder"),
    ("💻", ""),
    ("🇩🇪", "flag"),
    ("🇩🇰", "flags"),
    ("🇷🇩", ""),
]


def found(engine: Engine, text: str) -> set[str]:  # noqa: F811
    results = engine.search(Query(text, per_page=60, exact=True))
    return (
        {hit.id.removesuffix(".md") for hit in results.hits if not hit.partial}
        if results.mode.value == "all"
        else set()
    )


def test_every_spelling_meets_the_others_and_nothing_else(engine: Engine) -> None:  # noqa: F811
    blog(engine)
    wrong = {text: found(engine, text) for text, names in FOUND if found(engine, text) != set(names.split())}
    assert not wrong


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("hyphenation", [f"hy{SOFT}phen{SOFT}ation"]),
        ("marmaladed", [f"mar{ZERO}ma{ZERO}lade{JOINER}d"]),
        ("basket", ["Basket", "basket"]),
        ("fetchUserBasket", ["fetchUserBasket", "fetch_user_basket", "fetch-user-basket"]),
        ("5.23.1", ["5.23.1"]),
        ("16gb", ["16GB", "16 GB"]),
        ("🎉", ["🎉"]),
        ("👍", ["👍🏽"]),
        ("👩‍💻", ["👩‍💻"]),
    ],
)
def test_marks_are_of_the_text_as_it_is_written(engine: Engine, text: str, marked: list[str]) -> None:  # noqa: F811
    hits = blog(engine).search(Query(text, per_page=20)).hits
    assert {piece.text for hit in hits for piece in hit.snippet if piece.matched} == set(marked)


def test_titles_with_invisible_characters(engine: Engine) -> None:  # noqa: F811
    engine.rebuild(
        [
            article("a.md", f"On mar{SOFT}malade", "of butter"),
            article("b.md", "On marmalade and more", "marmalade marmalade"),
        ]
    )
    assert ids(engine, "on marmalade")[0] == "a"
    assert set(ids(engine, "title:marmalade")) == {"a", "b"}
    assert set(ids(engine, "title:marmal*")) == {"a", "b"}
    assert set(ids(engine, 'title:"on marmalade"')) == {"a", "b"}


@pytest.mark.parametrize(
    ("text", "first"),
    [("fetchUserBasket", "whole"), ("fetchuserbasket", "whole"), ("HTML5", "html"), ("UTF-8", "utf")],
)
def test_a_compound_as_a_whole_comes_before_its_parts(engine: Engine, text: str, first: str) -> None:  # noqa: F811
    engine.rebuild(
        [
            article("parts.md", "A", "We fetch user basket of HTML 5 in UTF 8 every day, as it was told"),
            article("whole.md", "A", "We call fetchUserBasket of HTM in UT every single day, as it was told"),
            article("html.md", "A", "We write HTML5 of HTM in UT every single day here, as it was told"),
            article("utf.md", "A", "We write UTF-8 of HTM in UT every single day here, as it was told"),
        ]
    )
    assert ids(engine, text)[0] == first
