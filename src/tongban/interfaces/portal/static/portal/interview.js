// Fetches new passages of a live interview every ten seconds. Without script the reader reloads the page.
(() => {
  const list = document.getElementById("said");
  if (!list || !list.dataset.more) return;
  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(`${list.dataset.more}?after=${list.dataset.last}`, { credentials: "same-origin" });
      if (!answer.ok) return;
      const found = new DOMParser().parseFromString(`<ol>${await answer.text()}</ol>`, "text/html").querySelectorAll("li");
      found.forEach((line) => {
        list.append(line);
        list.dataset.last = line.dataset.n;
        document.getElementById("silent")?.remove();
      });
      if (answer.headers.get("X-Live") === "0") clearInterval(timer);
    } catch { /* try again in ten seconds */ }
  };
  const timer = setInterval(look, 10000);
  document.addEventListener("visibilitychange", look);
})();
