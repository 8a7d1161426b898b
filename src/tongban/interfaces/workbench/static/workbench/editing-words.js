/* The editor asks for its texts when it is loaded; this comes before it. */
{
  const WORDS = document.documentElement.lang.startsWith("en") ? {} : {
    "Bold": "加粗", "Italic": "倾斜", "Underline": "下划线", "Strike": "删除线", "Subscript": "下标", "Superscript": "上标",
    "Heading 2": "二级标题", "Heading 3": "三级标题", "Heading 4": "四级标题", "Paragraph": "正文", "Bullet list": "项目符号",
    "Ordered list": "编号", "Blockquote": "引文", "Horizontal rule": "分隔线", "Insert link": "插入链接", "Edit link": "修改链接",
    "Remove link": "去掉链接", "Undo": "撤销", "Redo": "重做", "Insert table": "插入表格", "URL": "网址", "Title": "提示文字",
    "Update": "确定", "Insert": "插入", "Cancel": "取消", "Rows": "行数", "Columns": "列数", "Include header row": "带表头",
    "Yes": "是", "No": "否", "Insert special character": "插入特殊字符", "Add row above": "上方插入行", "Add row below": "下方插入行",
    "Add column before": "左侧插入列", "Add column after": "右侧插入列", "Delete row": "删去行", "Delete column": "删去列",
    "Delete table": "删去表格", "Merge/split": "合并或拆分单元格", "Toggle header cell": "表头单元格", "Block type": "段落样式",
  };
  window.gettext = (text) => WORDS[text] || text;
}
