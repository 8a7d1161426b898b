"""Where the pages of a site are, as a visitor from outside asks for them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from tongban.engines.publishing.models import Article, Column, Site

EACH_SITE = ("map/", "open/", "search/?q=%E6%94%BF%E5%8A%A1")
"""Pages that every site has beside its columns and articles: map, catalogue of open information, search (for 政务)."""
HALL = ("hall/", "hall/items/", "hall/units/", "hall/search/?q=%E8%AE%B8%E5%8F%AF")
"""Pages of the service hall, which belongs to the main site: home, items, units, search (for 许可)."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses of a site group below the installation's own address (without final slash)."""

    root: str

    def base(self, site: Site) -> str:
        """Return a site's home: on a host of its own, or below the installation's."""
        if not site.host:
            return f"{self.root}/" if site.kind == Site.Kind.MAIN else f"{self.root}/sites/{site.code}/"
        parts = urlsplit(self.root)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{site.host}{port}/"

    def column(self, site: Site, column: Column) -> str:
        """Return the address of a column."""
        return f"{self.base(site)}columns{column.path}"

    def article(self, site: Site, article: Article) -> str:
        """Return the address of an article on a site."""
        return f"{self.base(site)}articles/{article.pk}/"

    def others(self, site: Site) -> list[str]:
        """Return the addresses of one page of each further type, the service hall's with the main site."""
        more = HALL if site.kind == Site.Kind.MAIN else ()
        return [f"{self.base(site)}{path}" for path in (*EACH_SITE, *more)]

    def guide(self, site: Site, code: str) -> str:
        """Return the address of a guide by the item's code."""
        return f"{self.base(site)}hall/items/{code}/"
