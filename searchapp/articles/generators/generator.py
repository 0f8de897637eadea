"""The conventions of a site generator as a record; `table` lists them all."""

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
    below   the content folder's name with a slash if the file is in the parent folder, else ""
    """

    file: str
    values: dict[str, Value]
    keys: frozenset[str]
    below: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generator:
    """The conventions of one site generator: data, and functions where data do not suffice.

    name        as in `Site.generator`
    title       display name

    Recognition:

    markers     files in a site's root whose existence identifies it; they are not read
    configs     names of its configuration files, by precedence
    load        parses a configuration that is neither YAML, TOML nor JSON; raises FrontMatterError
    claims      whether a configuration file is its own, as others may use the same name
    configure   returns the site with the settings of the configuration
    is_file     whether front matter of a file of an unknown site follows its conventions
    is_path     the same by the id alone; asked when front matter is inconclusive

    Which files are articles, and what their front matter means:

    no_article      why a file is not an article despite its suffix; "" if it may be one
    metadata_files  names of further files with the metadata of a file (by name), by precedence
    split           splits front matter of its own format from the body; None for other texts. Raises FrontMatterError
    complete        adds metadata from elsewhere to the front matter of a file, and normalises values
    translations    the folder with one folder for each language, as `i18n/fr`; "" without
    folder_categories   folders above `_posts` are categories
    blanks_divide   `tags: a b` are two tags
    lists_in_text   a string holds several labels or authors under a singular key, too, separated by `;`

    Addresses:

    own_address     (key, value) of the address by keys of this generator only; ("", "") if there is none
    address         path of a file that declares none; "" to use the site's templates
    template_for_posts  the site's permalink template applies to `_posts` only

    Bodies:

    heading_ids     how ids of headings are generated
    jsx             bodies are MDX whatever the file's suffix
    templates       "liquid" if Jekyll's Liquid is run over bodies, "other" for another template language, "" for none
    link_tags       (tag, kind of its argument) of tags that link to another article; see `link_tags.KINDS`
    link_prefixes   (prefix, kind) of link targets that refer to another article; see there, too
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
    metadata_files: Callable[[Site, str], tuple[str, ...]] | None = None
    split: Callable[[str], FrontMatter | None] | None = None
    complete: Callable[[Site, PathInfo, FrontMatter], None] = lambda _site, _place, _front: None
    translations: str = ""
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
    """`no_article` of generators for which files named `_…` are partials."""
    return "partial" if place.name.startswith("_") else ""
