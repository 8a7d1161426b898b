/* Turns the text area into an editor, holds the lock while the page is open, and warns before unsaved work is left. */
import * as kit from "django-prose-editor/editor";

const BLOCKS = ["block-notice", "block-columns", "block-links", "block-numbers"];
const Block = kit.Node.create({
  name: "panel",
  group: "block",
  content: "block+",
  defining: true,
  addAttributes() {
    return { class: { default: BLOCKS[0], parseHTML: (node) => BLOCKS.find((name) => node.classList.contains(name)) || BLOCKS[0] } };
  },
  parseHTML() { return [{ tag: "section" }]; },
  renderHTML({ HTMLAttributes }) { return ["section", HTMLAttributes, 0]; },
});
const LOOKS = ["align-center", "align-right", "no-indent", "signature"];
const Looks = kit.Extension.create({
  name: "looks",
  addGlobalAttributes() {
    return [{
      types: ["paragraph"],
      attributes: { class: {
        default: null,
        parseHTML: (node) => LOOKS.filter((name) => node.classList.contains(name)).join(" ") || null,
        renderHTML: (held) => (held.class ? { class: held.class } : {}),
      } },
    }];
  },
});
const OWN = { Block, Looks };

function build(area) {
  const wanted = JSON.parse(area.dataset.prose).extensions;
  const extensions = [];
  for (const [name, config] of Object.entries(wanted)) {
    const found = OWN[name] || kit[name];
    if (found) extensions.push(typeof config === "object" ? found.configure(config) : found);
  }
  return kit.createTextareaEditor(area, extensions);
}

const form = document.querySelector("form.editing");
const area = form.querySelector("textarea[data-prose]");
const editor = build(area);
let changed = false;
if (editor) {
  const tools = document.getElementById("insert");
  tools.hidden = false;
  const box = area.closest(".prose-editor");
  window.nameEditorButtons(box);
  const surface = box.querySelector("[contenteditable]");
  surface.setAttribute("aria-label", form.querySelector(`label[for="${area.id}"]`).textContent.trim());
  tools.querySelector("[data-do=picture]").addEventListener("click", () => {
    const chosen = document.getElementById("picture").selectedOptions[0];
    if (chosen && chosen.value) {
      editor.chain().focus().insertContent({ type: "image", attrs: { src: chosen.value, alt: chosen.dataset.alt } }).run();
    }
  });
  tools.querySelector("[data-do=block]").addEventListener("click", () => {
    const name = document.getElementById("block").value;
    editor.chain().focus().insertContent({ type: "panel", attrs: { class: name }, content: [{ type: "paragraph" }] }).run();
  });
  editor.on("update", () => { changed = true; });
}
form.addEventListener("input", () => { changed = true; });
form.addEventListener("submit", () => { changed = false; });
window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });

if (form.dataset.hold) {
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  setInterval(() => fetch(form.dataset.hold, { method: "POST", headers: { "X-CSRFToken": token } }), 5 * 60 * 1000);
}
