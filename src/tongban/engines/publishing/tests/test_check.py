"""Before a text goes out: personal data, listed wordings, pictures without words, dead links, missing source."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tongban.engines.publishing.actions.deciding import approve
from tongban.engines.publishing.actions.drafting import save_draft
from tongban.engines.publishing.actions.importing import import_word
from tongban.engines.publishing.actions.media import add_picture, describe_media
from tongban.engines.publishing.actions.words import add_word, switch_word
from tongban.engines.publishing.errors import PublishingRefusedError
from tongban.engines.publishing.models import Article, ListedWord
from tongban.engines.publishing.queries.working import findings_of
from tongban.engines.publishing.rules.checks import Surroundings, Word, check, linked_articles
from tongban.engines.publishing.rules.comparing import compare, pieces
from tongban.engines.publishing.rules.content import Content
from tongban.engines.publishing.sanitizing import clean
from tongban.engines.publishing.tests.world import AT, BODY, content, drafted, in_review, published
from tongban.foundation.organizations.permissions import NotAllowedError

IDENTITY = "42010219800101001X"


def found(body: str, *, words: list[Word] | None = None, **more) -> dict[str, bool]:
    text = Content(**{"title": "标题", "source": "本站", "body": f"<p>{body}</p>"} | more)
    return {finding.code: finding.blocks for finding in check(text, Surroundings(words=words or []))}


@pytest.mark.parametrize(
    ("body", "code", "blocks"),
    [
        (f"当事人身份证号{IDENTITY}，", "identity_number", True),
        ("身份证号４２０１０２１９８００１０１００１Ｘ。", "identity_number", True),
        ("卡号6222021234567890128请查收", "bank_card", True),
        ("联系电话13800000001", "phone_number", False),
        ('见<a href="/articles/99/">通知</a>', "dead_link", True),
        ('见<a href="https://www.example.org/">网站</a>', "outside_link", False),
        ('<img src="/media/1/w640">', "missing_alt", True),
    ],
)
def test_what_must_not_go_out_unseen_is_found(body, code, blocks) -> None:
    assert found(body) == {code: blocks}


@pytest.mark.parametrize(
    "body", ["编号420102198001010011", "办件编号420102261121000001", "电话027-00000000", "2026年11月21日"]
)
def test_other_long_numbers_raise_no_alarm(body) -> None:
    assert found(body) == {}


def test_listed_wordings_are_found_with_their_remedy() -> None:
    text = Content(title="设备按装完成", source="本站", body=BODY)
    (finding,) = check(text, Surroundings(words=[Word("按装", "wrong", "安装")]))
    assert (finding.code, finding.field, finding.hint, finding.blocks) == ("word_wrong", "title", "安装", False)
    assert found("这是内部资料。", words=[Word("内部资料", "sensitive", blocks=True)]) == {"word_sensitive": True}


def test_what_is_missing_is_named() -> None:
    assert found("", source="") == {"empty_body": True, "missing_source": True}
    text = Content(title="文件", source="本站", body=BODY, kind="document")
    codes = [finding.code for finding in check(text, Surroundings(is_open_information=True))]
    assert codes == ["missing_subject", "missing_written_on"]


def test_personal_data_is_masked_in_what_the_reviewer_reads() -> None:
    text = Content(title="标题", source="本站", body=f"<p>张三{IDENTITY}住址</p>")
    (finding,) = check(text, Surroundings())
    assert IDENTITY not in finding.excerpt
    assert "张三420" in finding.excerpt


def test_blocking_findings_stop_approval_and_warnings_must_be_seen(world) -> None:
    blocked = in_review(world, body=f"<p>{IDENTITY}</p>")
    with pytest.raises(PublishingRefusedError) as refused:
        approve(article=blocked, by=world.reviewer, at=AT, seen_findings=True)
    assert [finding.code for finding in refused.value.findings] == ["identity_number"]
    warned = in_review(world, body="<p>联系电话13800000001。</p>")
    with pytest.raises(PublishingRefusedError) as refused:
        approve(article=warned, by=world.reviewer, at=AT)
    assert refused.value.code == "unseen_findings"
    approve(article=warned, by=world.reviewer, at=AT, seen_findings=True)


def test_links_to_public_articles_are_fine(world) -> None:
    other = published(world)
    text = f'<p>参见<a href="/site/articles/{other.pk}/">原文</a>。</p>'
    assert findings_of(drafted(world, body=text), at=AT) == []
    assert linked_articles(text) == {other.pk}


def test_the_list_of_wordings_is_kept_by_reviewers(world) -> None:
    word = add_word(text="布署", kind="wrong", replacement="部署", by=world.reviewer, at=AT)
    article = drafted(world, title="布署工作")
    assert [finding.code for finding in findings_of(article, at=AT)] == ["word_wrong"]
    switch_word(word=word, active=False, by=world.reviewer, at=AT)
    assert findings_of(article, at=AT) == []
    with pytest.raises(PublishingRefusedError):
        add_word(text="布署", kind="wrong", by=world.publisher, at=AT)
    with pytest.raises(NotAllowedError):
        add_word(text="按装", kind="wrong", by=world.officer, at=AT)
    assert ListedWord.objects.count() == 1


def test_markup_keeps_its_structure_and_loses_scripts_looks_and_foreign_pictures() -> None:
    rough = (
        '<h1 style="color:red">一、总体要求</h1><p class="MsoNormal align-right" onclick="x()">正文<b>重点</b></p><script>x</script>'
        '<p>&nbsp;</p><img src="https://elsewhere.example/x.png" alt="x"><img src="/media/3/w640" alt="会场">'
        '<a href="javascript:x">甲</a><table><tr><td colspan="2" style="x">表</td></tr></table>'
    )
    assert clean(rough) == (
        '<h2>一、总体要求</h2><p class="align-right">正文<strong>重点</strong></p><img src="/media/3/w640" alt="会场">'
        '<a rel="noopener noreferrer">甲</a><table><tbody><tr><td colspan="2">表</td></tr></tbody></table>'
    )


@given(st.text(alphabet="<>/=\"' abhimgsrpx1&;", max_size=80))
def test_cleaning_twice_changes_nothing(text) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_comparison_gives_back_both_texts(before, after) -> None:
    parts = list(pieces(before, after))
    assert "".join(part.text for part in parts if part.kind != "added") == before
    assert "".join(part.text for part in parts if part.kind != "removed") == after


def test_a_comparison_names_changed_fields_and_words() -> None:
    old = Content(title="关于召开会议的通知", body="<p>定于<strong>11月</strong>召开。</p>").plain()
    new = Content(title="关于召开会议的通知", body="<p>定于<strong>12月</strong>召开。</p>").plain()
    (change,) = compare(old, new)
    assert change.field == "body"
    assert [(part.kind, part.text) for part in change.pieces if part.kind != "same"] == [
        ("removed", "11"),
        ("added", "12"),
    ]


def test_wrong_fields_are_named_one_by_one(world) -> None:
    with pytest.raises(PublishingRefusedError) as refused:
        save_draft(column=world.headlines, content={"title": " ", "summary": "长" * 700}, by=world.officer, at=AT)
    assert set(refused.value.fields) == {"title", "summary"}
    dates = {"written_on": dt.date(2026, 5, 1), "abolished_on": dt.date(2026, 4, 1)}
    with pytest.raises(PublishingRefusedError, match="废止日期"):
        save_draft(column=world.headlines, content=content(**dates), by=world.officer, at=AT)
    assert not Article.objects.exists()


def picture(width: int = 1600, height: int = 900) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (width, height), "#0b4ea2").save(held, "PNG")
    return held.getvalue()


def upload(content_: bytes, name: str = "会场.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content_)


@pytest.fixture
def stores(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"home": tmp_path})


def test_a_picture_gets_smaller_copies_and_needs_words(world, stores) -> None:
    with pytest.raises(PublishingRefusedError) as refused:
        add_picture(upload=upload(picture()), title="会场", alt=" ", by=world.officer, at=AT)
    assert refused.value.code == "alt_missing"
    media = add_picture(upload=upload(picture()), title="会场", alt="会场全景", by=world.officer, at=AT)
    assert list(media.renditions.values_list("spec", "width", "height")) == [
        ("w320", 320, 180), ("w640", 640, 360), ("w1280", 1280, 720),
    ]  # fmt: skip
    with pytest.raises(NotAllowedError):
        describe_media(media=media, title="会场", alt="别人改的", by=world.city_officer, at=AT)


def word_document() -> bytes:
    """Return a small Word document: a heading, a paragraph, a table, a picture with words."""
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    drawing = (
        '<w:drawing xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"><wp:inline>'
        '<wp:docPr id="1" name="p" descr="会场全景"/><a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        '<a:graphicData><pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:blipFill>'
        '<a:blip xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:embed="rId1"/>'
        "</pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>"
    )
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    document = (
        f"<w:document {w}><w:body>"
        '<w:p><w:pPr><w:pStyle w:val="H1"/></w:pPr><w:r><w:t>一、总体要求</w:t></w:r></w:p>'
        "<w:p><w:r><w:t>坚持</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>人民至上</w:t></w:r></w:p>"
        f"<w:tbl><w:tr>{cell.format('指标')}{cell.format('数值')}</w:tr></w:tbl>"
        f"<w:p><w:r>{drawing}</w:r></w:p></w:body></w:document>"
    )
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="png" ContentType="image/png"/><Override PartName="/word/document.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    )
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
    top = f'<Relationship Id="r1" Type="{base}/officeDocument" Target="word/document.xml"/>'
    inside = (
        f'<Relationship Id="rId1" Type="{base}/image" Target="media/image1.png"/>'
        f'<Relationship Id="rId2" Type="{base}/styles" Target="styles.xml"/>'
    )
    styles = (
        f'<w:styles {w}><w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/></w:style></w:styles>'
    )
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        packed.writestr("[Content_Types].xml", types)
        packed.writestr("_rels/.rels", links.format(top))
        packed.writestr("word/document.xml", document)
        packed.writestr("word/styles.xml", styles)
        packed.writestr("word/_rels/document.xml.rels", links.format(inside))
        packed.writestr("word/media/image1.png", picture(400, 200))
    return held.getvalue()


def test_a_word_document_keeps_headings_tables_and_pictures(world, stores) -> None:
    imported = import_word(upload=upload(word_document(), "通知.docx"), by=world.officer, at=AT)
    (media,) = imported.media
    assert imported.body == (
        "<h2>一、总体要求</h2><p>坚持<strong>人民至上</strong></p>"
        "<table><tbody><tr><td><p>指标</p></td><td><p>数值</p></td></tr></tbody></table>"
        f'<p><img alt="会场全景" src="/media/{media.pk}/original"></p>'
    )
    assert (media.alt, media.width, imported.lost) == ("会场全景", 400, [])


def test_other_files_are_refused_with_what_to_do(world, stores) -> None:
    with pytest.raises(PublishingRefusedError, match=r"\.docx"):
        import_word(upload=upload(b"x", "通知.doc"), by=world.officer, at=AT)
