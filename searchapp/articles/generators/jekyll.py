"""Jekyll, WordPress's exports for Jekyll, and files of unknown generators, which are read as Jekyll's."""

from __future__ import annotations

from dataclasses import replace

from searchapp.articles.files.path_info import PathInfo
from searchapp.articles.front_matter.split import FrontMatter, canonical
from searchapp.articles.front_matter.values import first, truth
from searchapp.articles.generators.generator import Generator, Settings, underscored
from searchapp.articles.site import Default, Site

STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
"""The built-in permalink styles; their names are valid in a site's configuration only."""


def _configure(site: Site, settings: Settings) -> Site:
    data = settings.values
    template = first(data.get("permalink")) or "date"
    excluded = data.get("exclude")
    patterns = [first(item).strip("/") for item in excluded] if isinstance(excluded, list) else [first(excluded)]
    return replace(
        site,
        permalink=site.permalink or STYLES.get(template, template),
        defaults=_defaults(data.get("defaults")),
        collections=_collections(data.get("collections")),
        exclude=tuple(filter(None, patterns)),
    )


def _defaults(entries: object) -> tuple[Default, ...]:
    """Return the front matter defaults, the less specific paths first."""
    defaults: list[Default] = []
    for entry in entries if isinstance(entries, list) else []:
        scope = entry.get("scope") if isinstance(entry, dict) else None
        values = entry.get("values") if isinstance(entry, dict) else None
        if isinstance(scope, dict) and isinstance(values, dict):
            path = first(scope.get("path")).strip("/")
            keyed = {canonical(key): item for key, item in values.items()}
            defaults.append(Default(path, first(scope.get("type")), keyed))
    return tuple(sorted(defaults, key=lambda default: len(default.path)))


def _collections(declared: object) -> tuple[tuple[str, str | None], ...]:
    found: list[tuple[str, str | None]] = []
    if isinstance(declared, list):
        found = [(first(name), None) for name in declared]
    elif isinstance(declared, dict):
        for name, options in declared.items():
            output = isinstance(options, dict) and truth(options.get("output")) is True
            template = first(options.get("permalink")) if isinstance(options, dict) else ""
            found.append((name, (STYLES.get(template, template) or "/:collection/:path.html") if output else None))
    return tuple(item for item in found if item[0] != "posts")


def _complete(site: Site, place: PathInfo, front: FrontMatter) -> None:
    """Apply front matter defaults: deeper paths win, and the file's own values over all."""
    folder = "/".join(place.folders)
    merged = {}
    for default in site.defaults:
        below = not default.path or f"{folder}/{place.name}/".startswith(default.path + "/")
        if below and default.type in {"", place.collection or "pages"}:
            merged.update(default.values)
    for key, value in merged.items():
        front.data.setdefault(key, value)


UNKNOWN = Generator(name="", title="Jekyll", folder_categories=True, blanks_divide=True, templates="liquid")
"""Files without conventions of any generator: most of them once were Jekyll's."""

JEKYLL = Generator(
    name="jekyll",
    title="Jekyll",
    configs=("_config.yml", "_config.yaml", "_config.toml"),
    configure=_configure,
    no_article=underscored,
    complete=_complete,
    folder_categories=True,
    blanks_divide=True,
    template_for_posts=True,
    templates="liquid",
    link_tags=(("post_url", "post_url"), ("link", "link")),
)

WORDPRESS = Generator(
    name="wordpress",
    title="Jekyll",
    is_file=lambda front: "guid" in front.data,
    folder_categories=True,
    blanks_divide=True,
    templates="liquid",
)
"""WordPress's exporter for Jekyll."""
