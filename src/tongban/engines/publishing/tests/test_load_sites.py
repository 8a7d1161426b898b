"""The column scheme is declared once and every site follows it; mistakes are told with their line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from django.conf import settings

from tongban.engines.publishing.loading import load_sites, load_subjects, load_words
from tongban.engines.publishing.models import Column, ListedWord, Site, Subject
from tongban.engines.publishing.tests.world import AT
from tongban.foundation.organizations.loading import load_regions
from tongban.foundation.organizations.models import Region, Unit
from tongban.foundation.packs.errors import PackError
from tongban.foundation.packs.reading import read_csv, read_yaml
from tongban.foundation.packs.sections import Loading

ROOT = settings.PROJECT_ROOT / "packs" / "hubei"
LOADING = Loading(ROOT, "hubei", AT)


@pytest.fixture
def units(db):
    """The province and its cities with a unit of each line that the pack's units declare for their level."""
    load_regions([row for row in read_csv(ROOT / "regions.csv", root=ROOT) if row.data["level"] in "23"], LOADING)
    rows = []
    for path in sorted((ROOT / "units").glob("*.yaml")):
        declared = yaml.safe_load(path.read_text("utf-8"))
        for level, name in ((2, "province"), (3, "city")):
            for region in Region.objects.filter(level=level) if name in declared["levels"] else ():
                code = f"{region.code}-{declared['line']}"
                rows.append(
                    Unit(
                        code=code,
                        name=code,
                        line=declared["line"],
                        level=level,
                        region=region,
                        region_path=region.path,
                        path=f"/{code}/",
                    )
                )
    Unit.objects.bulk_create(rows)


def documents(folder: Path = ROOT / "portal", root: Path = ROOT):
    return [read_yaml(folder / name, root=root) for name in ("scheme.yaml", "sites.yaml")]


def changed(tmp_path: Path, name: str, old: str, new: str):
    folder = tmp_path / "portal"
    folder.mkdir()
    for file in ("scheme.yaml", "sites.yaml"):
        text = (ROOT / "portal" / file).read_text("utf-8")
        if file == name:
            assert old in text
            text = text.replace(old, new, 1)
        (folder / file).write_text(text, "utf-8")
    return documents(folder, tmp_path)


def test_the_province_has_one_main_site_seventeen_cities_and_five_topics(units) -> None:
    first = load_sites(documents(), LOADING)
    assert first.created == Site.objects.count() + Column.objects.count()
    kinds = list(Site.objects.values_list("kind", flat=True))
    assert (kinds.count("main"), kinds.count("city"), kinds.count("topic")) == (1, 17, 5)
    again = load_sites(documents(), LOADING)
    assert (again.created, again.changed) == (0, 0)


def test_every_city_has_the_whole_scheme_and_may_add_to_it(units) -> None:
    load_sites(documents(), LOADING)
    scheme = set(Column.objects.filter(site__code="hubei").values_list("path", flat=True))
    tops = [path for path in scheme if path.count("/") == 2]
    interactive = Column.objects.filter(site__code="hubei", kind="interactive").count()
    assert (len(tops) - 1, len(scheme) - len(tops) - interactive, interactive) == (7, 45, 4)
    assert Column.objects.filter(site__code="hubei", kind="special").count() == 1
    for site in Site.objects.filter(kind="city"):
        own = set(site.columns.values_list("path", flat=True))
        assert scheme <= own
        assert set(site.columns.filter(is_local=True).values_list("path", flat=True)) == own - scheme
    assert Column.objects.filter(site__code="wuhan", path="/news/optics-valley/", is_local=True).exists()


def test_every_column_has_a_unit_of_its_own_region_and_watched_ones_a_cycle(units) -> None:
    load_sites(documents(), LOADING)
    for column in Column.objects.select_related("unit", "site").filter(site__kind="city"):
        assert column.unit.region_id == column.site.region_id
    cycles = set(Column.objects.exclude(watch="none").values_list("watch", "update_cycle_days"))
    assert {days for watch, days in cycles if watch == "news"} == {14}
    assert {days for watch, days in cycles if watch == "notices"} == {180}
    assert not any(days is None for _watch, days in cycles)


def test_mirrored_columns_show_the_main_sites_and_answer_for_no_freshness(units) -> None:
    load_sites(documents(), LOADING)
    mirrors = Column.objects.filter(mirror_of__isnull=False).select_related("mirror_of__site")
    assert mirrors.count() == 17 * 6 + 5 * 2
    assert all(row.mirror_of.site.code == "hubei" and row.mirror_of.path == row.path for row in mirrors)
    assert not mirrors.exclude(watch="none").exists()


def test_a_column_no_longer_named_is_closed_and_kept(units, tmp_path) -> None:
    load_sites(documents(), LOADING)
    line = next(
        line
        for line in (ROOT / "portal" / "scheme.yaml").read_text("utf-8").splitlines(keepends=True)
        if "slug: media," in line
    )
    load_sites(changed(tmp_path, "scheme.yaml", line, ""), LOADING)
    assert not Column.objects.filter(path="/news/media/", is_open=True).exists()
    assert Column.objects.filter(path="/news/media/").count() == 18
    load_sites(documents(), LOADING)
    assert Column.objects.filter(path="/news/media/", is_open=True).count() == 18


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "scheme.yaml",
            "watch: news, line: people_government, cities: mirror",
            "watch: nwes, line: people_government",
            "只能取",
        ),
        ("scheme.yaml", "slug: government, name: {zh: 政务动态", "slug: headlines, name: {zh: 政务动态", "写了两次"),
        ("scheme.yaml", "line: housing", "line: customs", "没有 customs 条线的单位"),
        ("sites.yaml", 'identification_code: "4201000001"', 'identification_code: "4200000001"', "前 6 位"),
        ("sites.yaml", "host: wuhan.localhost", "host: yichang.localhost", "另一个站点已经用了"),
        ("sites.yaml", "kind: main", "kind: city", "一个主站"),
        ("sites.yaml", "parent: news, slug: optics-valley", "parent: nowhere, slug: optics-valley", "没有这个上级栏目"),
    ],
)
def test_mistakes_are_told_with_file_and_line_and_nothing_is_written(units, tmp_path, file, old, new, said) -> None:
    with pytest.raises(PackError) as wrong:
        load_sites(changed(tmp_path, file, old, new), LOADING)
    assert any(
        said in problem.text and problem.line > 1 and problem.file == f"portal/{file}"
        for problem in wrong.value.problems
    )
    assert not Site.objects.exists()


def test_subjects_and_words_load_twice_without_change(db) -> None:
    for name, load in (("subjects", load_subjects), ("words", load_words)):
        read = [read_yaml(ROOT / "portal" / f"{name}.yaml", root=ROOT)]
        assert load(read, LOADING).created
        again = load(read, LOADING)
        assert (again.created, again.changed) == (0, 0)
    assert Subject.objects.get(code="A01").path == "/A/A01/"


def test_words_added_by_officials_survive_the_pack(db) -> None:
    ListedWord.objects.create(text="按装", kind="sensitive")
    load_words([read_yaml(ROOT / "portal" / "words.yaml", root=ROOT)], LOADING)
    assert ListedWord.objects.get(text="按装").kind == "sensitive"


def test_the_listed_words_are_no_proper_words() -> None:
    """A listed wording must not be part of its own remedy: the corrected text would be found again."""
    words = yaml.safe_load((ROOT / "portal" / "words.yaml").read_text("utf-8"))["words"]
    assert not [word["text"] for word in words if word["text"] in word.get("replacement", "")]
