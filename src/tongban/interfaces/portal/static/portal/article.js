// Size of the text, printing, reading aloud. Without script the page lacks only these.
(() => {
  const tools = document.getElementById("tools"), text = document.getElementById("text");
  if (!tools || !text) return;
  tools.hidden = false;
  const sizes = tools.querySelectorAll("[data-size]");
  const set = (size) => {
    text.dataset.size = size;
    sizes.forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.size === size)));
    try { localStorage.setItem("text-size", size); } catch { /* private window */ }
  };
  sizes.forEach((one) => one.addEventListener("click", () => set(one.dataset.size)));
  let kept = "";
  try { kept = localStorage.getItem("text-size") || ""; } catch { /* private window */ }
  set(["small", "large"].includes(kept) ? kept : "");
  tools.querySelector("[data-do=print]").addEventListener("click", () => window.print());
  const speak = tools.querySelector("[data-do=speak]");
  if (!("speechSynthesis" in window)) return;
  speak.hidden = false;
  const idle = () => { speak.textContent = speak.dataset.start; };
  speak.addEventListener("click", () => {
    if (speechSynthesis.speaking) { speechSynthesis.cancel(); idle(); return; }
    const voice = new SpeechSynthesisUtterance(text.innerText);
    voice.lang = text.closest("[lang]").lang === "en" ? "en" : "zh-CN";
    voice.onend = voice.onerror = idle;
    speechSynthesis.speak(voice);
    speak.textContent = speak.dataset.stop;
  });
  addEventListener("pagehide", () => speechSynthesis.cancel());
})();
