"""The sentence for each reason of refusal, with the remedy."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongban.foundation.files.checks.refusal import RefusedError

_SENTENCES = {
    "empty": gettext_lazy("这个文件是空的，请重新选择文件。"),
    "too-large": gettext_lazy("文件超过 %(detail)s，请压缩图片或拆分后再上传。"),
    "not-asked-for": gettext_lazy("这里只接受 %(detail)s 格式的文件，请转换格式后再上传。"),
    "wrong-extension": gettext_lazy("文件内容与扩展名“%(detail)s”不符，请用正确的扩展名保存后再上传。"),
    "unknown-kind": gettext_lazy("认不出这个文件的格式，可以另存为 PDF 或 JPG 后再上传。"),
    "web-page": gettext_lazy("不接受网页、SVG 等可在浏览器中运行的文件，可以打印为 PDF 后再上传。"),
    "executable": gettext_lazy("不接受程序、脚本或快捷方式，请选择要提交的文档本身。"),
    "old-office": gettext_lazy("不接受旧版 Office 文件，请另存为 DOCX、XLSX 或 PDF。"),
    "archive": gettext_lazy("不接受压缩包，请解压后逐个上传其中的文件。"),
    "other-image": gettext_lazy("不接受这种图片格式，可以另存为 JPG 或 PNG。"),
    "media": gettext_lazy("不接受音频和视频，可以截图保存为 JPG，或另存为 PDF。"),
    "bytes-before": gettext_lazy("文件开头有多余的内容，请用原来的软件另存为新的 PDF 后再上传。"),
    "bytes-after": gettext_lazy("文件末尾有多余的内容，请用原来的软件重新保存后再上传。"),
    "hidden-content": gettext_lazy("文件中夹带了其他内容，可以另存为 PDF 或 JPG 后再上传。"),
    "bomb": gettext_lazy("文件展开后过大，请减少内容后重新保存。"),
    "broken-pdf": gettext_lazy("PDF 文件已损坏或不完整，请重新导出或扫描后再上传。"),
    "pdf-locked": gettext_lazy("PDF 带有密码或权限限制，请去除密码后再上传。"),
    "pdf-script": gettext_lazy("PDF 中含有脚本，请用“打印”功能另存为新的 PDF 后再上传。"),
    "pdf-action": gettext_lazy("PDF 中含有自动执行的动作，请用“打印”功能另存为新的 PDF 后再上传。"),
    "pdf-attachment": gettext_lazy("PDF 中带有附件或多媒体，请去除后再上传；附件可以单独上传。"),
    "broken-picture": gettext_lazy("图片已损坏或不完整，请重新拍照或另存为 JPG 后再上传。"),
    "too-many-pixels": gettext_lazy("图片尺寸过大（%(detail)s），请缩小到 6000 万像素以内再上传。"),
    "broken-archive": gettext_lazy("文件已损坏，请用原来的软件重新保存，或另存为 PDF。"),
    "archive-locked": gettext_lazy("文件带有密码，请去除密码后再上传。"),
    "macros": gettext_lazy("文件中含有宏，请另存为不含宏的 DOCX、XLSX，或另存为 PDF。"),
    "embedded": gettext_lazy("文件中嵌有其他文件（%(detail)s），请去除后再上传，或另存为 PDF。"),
    "way-out": gettext_lazy("文件内部的路径不正确（%(detail)s），请重新保存，或另存为 PDF。"),
    "entities": gettext_lazy("文件内部引用了不允许的定义，可以另存为 PDF 后再上传。"),
    "outside-link": gettext_lazy("文件引用了外部内容，请断开外部链接后再上传，或另存为 PDF。"),
    "infected": gettext_lazy("查毒发现文件有问题，没有保存。请在查杀病毒后重新生成文件。"),
}


def sentence(refused: RefusedError) -> str:
    """Return the translated sentence for a refusal."""
    text = _SENTENCES.get(refused.code, _SENTENCES["unknown-kind"])
    return str(text) % {"detail": refused.detail}


def not_ready(*, infected: bool) -> str:
    """Return the sentence for a file that may not be opened now."""
    return _("查毒发现文件有问题，不能打开。") if infected else _("文件正在查毒，请稍后再打开。")
