// A display board shows what is newest: the page is asked for again every minute, and stays as it is while the line is down.
setInterval(async () => {
  try {
    const answer = await fetch(location.href, { cache: "no-cache" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
    if (fresh) document.querySelector("main").replaceWith(fresh);
  } catch { /* tried again in a minute */ }
}, 60000);
