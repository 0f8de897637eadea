"""URL <-> Query, both ways."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from searchapp.errors import ParameterError
from searchapp.facets import BY_KEY, FACETS, Facet
from searchapp.model import Query, Sort
from searchapp.query import MAX_LENGTH, normalise
from searchapp.web import params


def parse(url: str) -> Query:
    return params.parse(MultiDict(parse_qsl(url, keep_blank_values=True)))


def test_nothing_is_the_default() -> None:
    assert parse("") == Query()
    assert params.search_string(Query()) == ""


def test_everything() -> None:
    url = (
        "q=two+words&category=A&category=B&tag=c%2B%2B&author=D+E&year=2023&year=2024"
        "&after=2023-02-03&before=2024-01-01&sort=newest&page=3&per_page=25&exact=1"
    )
    query = parse(url)
    assert query == Query(
        text="two words",
        filters=(
            ("category", "A"),
            ("category", "B"),
            ("tag", "c++"),
            ("author", "D E"),
            ("year", "2023"),
            ("year", "2024"),
        ),
        after=date(2023, 2, 3),
        before=date(2024, 1, 1),
        sort=Sort.NEWEST,
        page=3,
        per_page=25,
        exact=True,
    )
    assert params.search_string(query) == f"?{url}"


@pytest.mark.parametrize(
    "url", ["q=&tag=&year=&after=&before=&sort=&page=&per_page=&exact=", "unknown=1&utm_source=x", "tag=%00"]
)
def test_empty_and_unknown_values_are_none(url: str) -> None:
    assert parse(url) == Query()


@pytest.mark.parametrize(
    ("url", "parameter"),
    [
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=1.5", "page"),
        ("page=x", "page"),
        ("page=%D9%A3", "page"),
        ("page=1000001", "page"),
        (f"page={'9' * 5000}", "page"),
        ("per_page=0", "per_page"),
        ("exact=yes", "exact"),
        ("exact=1&exact=1", "exact"),
        ("per_page=101", "per_page"),
        ("per_page=1000", "per_page"),
        ("year=abc", "year"),
        ("year=20245", "year"),
        ("year=0000", "year"),
        ("year=2024&year=x", "year"),
        ("sort=best", "sort"),
        ("after=yesterday", "after"),
        ("before=2024-02-30", "before"),
        ("q=a&q=b", "q"),
        ("page=1&page=1", "page"),
        ("sort=newest&sort=oldest", "sort"),
        ("after=2024&after=2023", "after"),
        ("&".join(f"tag=t{n}" for n in range(51)), "tag"),
    ],
)
def test_bad_values_are_named(url: str, parameter: str) -> None:
    with pytest.raises(ParameterError, match=parameter) as caught:
        parse(url)
    assert caught.value.parameter == parameter


def test_text_is_normalised_and_cut() -> None:
    assert parse("q=+a%00b%0Ac+").text == "a b c"
    assert len(parse(f"q={'x' * 9000}").text) == MAX_LENGTH


def test_years_and_months_are_days() -> None:
    assert parse("after=2023&before=2024-03") == Query(after=date(2023, 1, 1), before=date(2024, 3, 1))


def test_a_value_twice_counts_once_whatever_its_case() -> None:
    assert parse("tag=Jobs&tag=jobs&tag=x&year=2024&year=2024") == Query(
        filters=(("tag", "Jobs"), ("tag", "x"), ("year", "2024"))
    )


def test_a_language_twice_counts_once_whatever_its_region() -> None:
    query = parse("language=pt-BR&language=PT&language=de&lang=fr")
    assert query == Query(filters=(("language", "pt-BR"), ("language", "de")))
    assert params.toggle(query, BY_KEY["language"], "pt") == Query(filters=(("language", "de"),))


def test_toggle_adds_removes_and_goes_to_the_first_page() -> None:
    query = Query(text="x", filters=(("tag", "a"),), page=4)
    more = params.toggle(query, BY_KEY["tag"], "b")
    assert more == Query(text="x", filters=(("tag", "a"), ("tag", "b")))
    assert params.toggle(more, BY_KEY["tag"], "B") == Query(text="x", filters=(("tag", "a"),))
    for facet in FACETS:
        assert params.toggle(Query(), facet, "2024") == Query(filters=((facet.key, "2024"),))


def test_without_filters_keeps_words_and_order() -> None:
    query = Query(
        "x",
        (("category", "a"), ("tag", "b"), ("author", "c"), ("year", "2024")),
        date(2024, 1, 1),
        None,
        Sort.OLDEST,
        3,
        20,
    )
    assert params.without_filters(query) == Query(text="x", sort=Sort.OLDEST, per_page=20)


TEXT = st.text(st.characters(codec="utf-8"), max_size=40).map(normalise)


def filters_of(facet: Facet) -> st.SearchStrategy[list[tuple[str, str]]]:
    values = st.from_regex(facet.pattern, fullmatch=True) if facet.pattern else TEXT.filter(bool)
    return st.lists(
        values.map(lambda value: (facet.key, value)), max_size=3, unique_by=lambda pair: facet.fold(pair[1])
    )


QUERIES = st.builds(
    Query,
    text=TEXT,
    filters=st.tuples(*map(filters_of, FACETS)).map(lambda each: tuple(pair for pairs in each for pair in pairs)),
    after=st.none() | st.dates(),
    before=st.none() | st.dates(),
    sort=st.sampled_from(Sort),
    page=st.integers(1, params.MAX_PAGE),
    per_page=st.integers(1, params.MAX_PER_PAGE),
    exact=st.booleans(),
)


@given(QUERIES)
def test_a_url_is_read_back_as_the_query_it_was_made_from(query: Query) -> None:
    once = parse(params.search_string(query).removeprefix("?"))
    assert once == parse(params.search_string(once).removeprefix("?"))
    assert (once.text, once.filters, once.sort, once.page) == (query.text, query.filters, query.sort, query.page)
    assert (once.after, once.before, once.per_page) == (query.after, query.before, query.per_page)
    assert once.exact == query.exact


@given(st.text(st.sampled_from("q=&tagpeyrsort0123%x")))
def test_no_url_breaks_it(url: str) -> None:
    with suppress(ParameterError):
        parse(url)
