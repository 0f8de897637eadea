"""What is known of one site generator, as a record; `table` lists them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from searchapp.articles.files.path_info import PathInfo
from searchapp.articles.front_matter.loaders import Value
from searchapp.articles.front_matter.split import FrontMatter
from searchapp.articles.generators.slugs import KRAMDOWN, HeadingIds
from searchapp.articles.site import Site


class Settings(NamedTuple):
    """A generator's configuration file.

    file    its name
    values  by canonical key
    keys    as they are written
    below   the content folder's name with a slash if the file is in the folder around that, else ""
    """

    file: str
    values: dict[str, Value]
    keys: frozenset[str]
    below: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generator:
    """The conventions of one site generator: data, and a few functions where data do not suffice.

    name        as `Site.generator` has it
    title       its name for people

    How it is recognised:

    markers     files in a site's root that tell by being there; they are not read
    configs     names of its configuration files, the first that is there counts
    load        reads a configuration that is neither YAML, TOML nor JSON; raises FrontMatterError
    claims      whether a configuration file is its own: others may call theirs by the same name
    configure   the site with what the configuration says
    is_file     whether a file of an unknown site follows its conventions, told by front matter
    is_path     the same, told by the id alone; asked when no front matter tells

    Which files are articles, and what their front matter means:

    no_article      why a file is not an article although its ending is right; "" if it may be one
    beside          names of files beside a file (by name) that hold its metadata, too, in the order in which they count
    split           front matter in a form of its own, with the body; None if a text begins otherwise. Raises
                    FrontMatterError
    complete        adds to the front matter of a file what is said elsewhere, and brings its values into a common form
    folder_categories   folders above `_posts` are categories
    blanks_divide   `tags: a b` are two tags
    lists_in_text   one text holds several labels or authors under a singular key, too, and `;` separates them

    Where articles are:

    own_address     (key, value) of the address by keys that only this generator knows; ("", "") if it names none
    address         the path at which a file is that names none itself; "" if the site's templates say
    template_for_posts  the site's permalink template is for `_posts` only

    What bodies contain:

    heading_ids     how headings get their ids
    jsx             bodies are MDX whatever the file's ending
    templates       "liquid" if Jekyll's Liquid is run over bodies, "other" for another template language, "" for none
    link_tags       tags whose argument is another article, and what the argument is; see `link_tags.KINDS`
    link_prefixes   what addresses begin with that name another article, and how; see there, too
    """

    name: str
    title: str
    markers: tuple[str, ...] = ()
    configs: tuple[str, ...] = ()
    load: Callable[[str], dict[str, Value]] | None = None
    claims: Callable[[Settings], bool] = lambda _settings: True
    configure: Callable[[Site, Settings], Site] = lambda site, _settings: site
    is_file: Callable[[FrontMatter], bool] | None = None
    is_path: Callable[[str], bool] | None = None
    no_article: Callable[[Site, PathInfo, FrontMatter], str] = lambda _site, _place, _front: ""
    beside: Callable[[Site, str], tuple[str, ...]] | None = None
    split: Callable[[str], FrontMatter | None] | None = None
    complete: Callable[[Site, PathInfo, FrontMatter], None] = lambda _site, _place, _front: None
    folder_categories: bool = False
    blanks_divide: bool = False
    lists_in_text: bool = False
    own_address: Callable[[FrontMatter], tuple[str, str]] = lambda _front: ("", "")
    address: Callable[[Site, PathInfo, FrontMatter], str] = lambda _site, _place, _front: ""
    template_for_posts: bool = False
    heading_ids: HeadingIds = KRAMDOWN
    jsx: bool = False
    templates: str = ""
    link_tags: tuple[tuple[str, str], ...] = ()
    link_prefixes: tuple[tuple[str, str], ...] = ()


def underscored(_site: Site, place: PathInfo, _front: FrontMatter) -> str:
    """`no_article` of generators that take files named `_…` for parts of others."""
    return "partial" if place.name.startswith("_") else ""
