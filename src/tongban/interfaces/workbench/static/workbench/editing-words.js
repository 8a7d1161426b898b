/* The editor asks for its texts when it is loaded, so this comes before it; labels of its buttons are named afterwards. */
{
  const chinese = !document.documentElement.lang.startsWith("en");
  const texts = {
    "Insert Table": "插入表格", "Table Properties": "表格", "Rows": "行数", "Columns": "列数", "Include header row": "带表头",
    "Insert": "插入", "Update": "确定", "Cancel": "取消", "Edit Link": "链接", "URL": "网址", "Title": "提示文字",
    "Open in new window": "在新窗口打开", "List properties": "列表", "List type": "编号样式", "Start at": "从几开始",
    "Decimal numbers": "数字", "Bullets": "圆点", "Lowercase letters": "小写字母", "Uppercase letters": "大写字母",
    "Lowercase Roman numerals": "小写罗马数字", "Uppercase Roman numerals": "大写罗马数字", "Edit Image": "图片",
    "Image URL": "图片地址", "Alternative Text": "替代文字", "Browse...": "选择…",
  };
  const labels = {
    "bold": "加粗", "italic": "倾斜", "underline": "下划线", "strike": "删除线", "subscript": "下标", "superscript": "上标",
    "paragraph": "正文", "heading 2": "二级标题", "heading 3": "三级标题", "heading 4": "四级标题", "bullet list": "项目符号",
    "ordered list": "编号", "blockquote": "引文", "horizontal rule": "分隔线", "insert link": "插入链接", "remove link": "去掉链接",
    "insert table": "插入表格", "add column": "加一列", "delete column": "删一列", "add row": "加一行", "delete row": "删一行",
    "merge cells": "合并单元格", "split cell": "拆分单元格", "toggle header cell": "表头单元格", "delete table": "删去表格",
    "undo": "撤销", "redo": "重做", "list properties": "列表样式",
  };
  window.gettext = (text) => (chinese && texts[text]) || text;
  window.nameEditorButtons = (box) => {
    if (!chinese) return;
    for (const button of box.querySelectorAll("button")) {
      const shown = (button.title || button.textContent).trim().toLowerCase();
      if (!labels[shown]) continue;
      button.setAttribute("aria-label", labels[shown]);
      button.title = labels[shown];
    }
    for (const text of box.querySelectorAll(".prose-menubar :is(h2, h3, h4, p, span)")) {
      const shown = text.textContent.trim().toLowerCase();
      if (labels[shown] && !text.classList.contains("material-icons")) text.textContent = labels[shown];
    }
  };
}
