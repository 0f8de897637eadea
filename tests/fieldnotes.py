"""A small blog of our own, as values: what the tests of the pages and of the API search."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from searchapp.model import Article, Section

_ROWS = (
    ("bread", "Sourdough for patient people", "Kitchen", "bread fermentation", "Ada Moss", "2021-02-14"),
    ("rye", "Dark rye, slowly", "Kitchen", "bread rye", "Ada Moss", "2021-11-02"),
    ("pickles", "Pickles without vinegar", "Kitchen", "fermentation", "Ben Ortiz", "2022-07-19"),
    ("soup", "A soup for each season", "Kitchen", "soup", "Ada Moss", "2023-01-08"),
    ("compost", "Compost in a small yard", "Garden", "soil compost", "Ben Ortiz", "2020-04-22"),
    ("tomatoes", "Tomatoes from seed to sauce", "Garden,Kitchen", "soil seeds", "Ben Ortiz", "2022-03-30"),
    ("bees", "What bees need in spring", "Garden", "bees", "Chidi Okafor", "2023-04-11"),
    ("pruning", "Pruning old apple trees", "Garden", "trees tools", "Chidi Okafor", "2024-02-05"),
    ("oiling", "Oiling wood the simple way", "Workshop", "wood tools", "Dana Weiss", "2021-09-01"),
    ("chisels", "Sharp chisels, safe hands", "Workshop", "wood tools", "Dana Weiss", "2022-10-10"),
    ("bench", "A bench from two boards", "Workshop", "wood", "Dana Weiss", "2023-06-17"),
    ("bicycle", "Truing a bicycle wheel", "Workshop", "bicycle tools", "Chidi Okafor", "2024-05-26"),
    ("maps", "Reading paper maps again", "Travel", "maps walking", "Ada Moss", "2020-08-09"),
    ("trains", "Night trains across the Alps", "Travel", "trains", "Ben Ortiz", "2023-09-21"),
    ("packing", "Packing for a week on foot", "Travel", "walking", "Dana Weiss", "2024-06-30"),
    ("huts", "Mountain huts and their keepers", "Travel", "walking maps", "Chidi Okafor", "2024-08-18"),
    ("walks", "Ten walks with a map and bread", "Travel,Kitchen", "walking bread", "Ada Moss", "2024-09-12"),
)
"""name, title, categories, tags, author, date"""

HOSTILE = '<script>alert("x")</script>'


def _article(name: str, title: str, categories: str, tags: str, author: str, day: str) -> Article:
    words = " ".join(tags.split())
    sections = (
        Section("", "", f"{title} begins with a plain plan and a quiet hour. Notes on {words}.", 0),
        Section("What you need", "what-you-need", f"Bring time, {words} and a good notebook.", 2),
        Section("Step by step", "step-by-step", f"First the {words}, then patience, then a rest.", 2),
        Section("What went wrong", "what-went-wrong", "Too much haste at the start; once too little.", 2),
    )
    body = "".join(
        (f'<h2 id="{each.anchor}">{each.title}</h2>' if each.anchor else "") + f"<p>{each.text}</p>"
        for each in sections
    )
    return Article(
        id=f"posts/{day}-{name}.md",
        title=title,
        permalink=f"/{day[:4]}/{name}/",
        aliases=(f"/old/{name}.html",),
        date=datetime.fromisoformat(day).replace(hour=9, tzinfo=timezone(timedelta(hours=2))),
        authors=(author,),
        categories=tuple(categories.split(",")),
        tags=tuple(tags.split()),
        sections=sections,
        html=body,
        digest=name,
    )


def blog() -> list[Article]:
    """Seventeen ordinary articles, one without a date, and one that is hostile wherever it can be."""
    undated = Article(
        id="pages/über uns #1?.md",
        title="Über uns & alles",
        language="de",
        sections=(Section("", "", "Wir schreiben über Küche, Garten und Werkstatt.", 0),),
        html="<p>Wir schreiben über Küche, Garten und Werkstatt.</p>",
        digest="undated",
    )
    hostile = Article(
        id="posts/hostile.md",
        title=f"Hostile {HOSTILE}",
        permalink="javascript:alert(1)",
        date=datetime(2019, 1, 1, tzinfo=UTC),
        authors=('"><img src=x onerror=alert(1)>',),
        categories=("Kitchen & <b>Bath</b>",),
        tags=("a&b=c", HOSTILE),
        summary=f"Summary {HOSTILE}",
        sections=(Section('"><b>', '"><script>', f"hostile words {HOSTILE}", 2),),
        html=f'{HOSTILE}<p onclick="x()">hostile words</p><a href="javascript:alert(1)">link</a>',
        digest="hostile",
    )
    return [*(_article(*row) for row in _ROWS), undated, hostile]
