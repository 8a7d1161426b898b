/* Draws the supervision centre's charts from the data in the page. Without it the tables beside them say the same. */
(() => {
  "use strict";
  const self = document.currentScript;
  /* The wall renews itself every minute until someone stops it; while a table is open it waits. */
  const renew = document.querySelector("[data-renew]");
  if (renew) {
    let on = sessionStorage.getItem("renew") !== "off";
    const say = () => { renew.textContent = on ? renew.dataset.on : renew.dataset.off; };
    renew.hidden = false;
    say();
    renew.addEventListener("click", () => { on = !on; sessionStorage.setItem("renew", on ? "on" : "off"); say(); });
    setInterval(() => { if (on && !document.querySelector("details.twin[open]")) location.reload(); }, renew.dataset.renew * 1000);
  }

  const holder = document.getElementById("charts");
  const boxes = [...document.querySelectorAll("[data-chart]")];
  if (!holder || !boxes.length) return;
  const data = JSON.parse(holder.textContent);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

  const wall = matchMedia("(min-width: 64rem) and (min-height: 50rem)"); /* as in centre.css: boxes fill the screen */

  const token = (name) => getComputedStyle(document.body).getPropertyValue(`--${name}`).trim();
  const size = () => parseFloat(getComputedStyle(document.querySelector("[data-chart]")).fontSize);

  /* A second sign beside the color, for those who do not see colors apart. */
  const decals = {
    amber: { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: 0.8 },
    paused: { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [1, 5], rotation: -0.8 },
  };
  const colors = () => ({
    red: token("red"), amber: token("chart-amber") || token("amber"), paused: token("edge"), green: token("chart-green") || token("green"),
    brand: token("brand"), h3: token("h3"),
  });

  function option(chart) {
    const ink = token("ink"), muted = token("muted"), line = token("line"), paper = token("paper"), px = size();
    const across = chart.kind !== "line";
    const text = { color: ink, fontSize: px, fontFamily: getComputedStyle(document.body).fontFamily };
    const names = { type: "category", data: chart.names, inverse: across, axisTick: { show: false }, axisLine: { lineStyle: { color: line } },
      axisLabel: { ...text, color: muted, width: across ? px * 8.5 : undefined, overflow: "truncate", interval: across ? 0 : "auto" } };
    const values = { type: "value", minInterval: chart.kind === "bar" ? 0 : 1, splitNumber: 4, splitLine: { lineStyle: { color: line } }, axisLabel: { ...text, color: muted } };
    const palette = colors();
    const last = chart.series.length - 1;
    return {
      animation: !still,
      animationDuration: 300,
      textStyle: text,
      grid: { left: 4, right: across ? px * 2.5 : px, top: last ? px * 2.4 : 4, bottom: 4, containLabel: true },
      legend: last ? { top: 0, left: 0, itemWidth: px, itemHeight: px * 0.7, textStyle: { ...text, color: muted }, icon: "rect" } : undefined,
      tooltip: { trigger: "axis", renderMode: "richText", confine: true, backgroundColor: paper, borderColor: line, textStyle: text,
        axisPointer: { type: across ? "shadow" : "line" }, valueFormatter: (value) => `${value} ${chart.unit}` },
      xAxis: across ? values : names,
      yAxis: across ? names : values,
      series: chart.series.map((each, place) => ({
        name: each.name, data: each.values, type: chart.kind === "line" ? "line" : "bar", stack: chart.kind === "stack" ? "all" : undefined,
        barMaxWidth: px * 1.3, barCategoryGap: "35%", symbol: place ? "rect" : "circle", symbolSize: 5, showSymbol: chart.kind === "line",
        lineStyle: { width: 2, type: place ? "dashed" : "solid" },
        itemStyle: { color: palette[each.color], borderColor: paper, borderWidth: chart.kind === "stack" ? 1 : 0, decal: decals[each.color] },
        label: chart.kind === "bar" ? { show: true, position: "right", ...text } : { show: false },
      })),
    };
  }

  /* On a wall nobody scrolls: a line that does not fit is left out whole. */
  function trim() {
    for (const box of document.querySelectorAll(".wall-box")) {
      const end = box.getBoundingClientRect().bottom;
      for (const row of box.querySelectorAll(":scope > table tbody tr")) {
        row.hidden = false;
        row.hidden = wall.matches && row.getBoundingClientRect().bottom > end;
      }
    }
  }

  function draw() {
    const shown = boxes.filter((box) => data[box.dataset.chart]);
    for (const box of shown) {
      const chart = data[box.dataset.chart];
      const twin = document.getElementById(`${box.dataset.chart}-twin`);
      if (twin) twin.open = false;
      if (chart.kind !== "line" && !(box.hasAttribute("data-fill") && wall.matches)) box.style.height = `${Math.max(chart.names.length, 3) * 1.9 + 3.5}em`;
      box.hidden = false;
    }
    const drawn = shown.map((box) => {
      const chart = data[box.dataset.chart];
      const view = window.echarts.init(box, null, { renderer: "canvas" });
      view.setOption(option(chart));
      if (chart.links.length) view.on("click", (event) => { location.href = chart.links[event.dataIndex]; });
      return [view, chart];
    });
    const again = () => { drawn.forEach(([view, chart]) => { view.resize(); view.setOption(option(chart)); }); trim(); };
    trim();
    addEventListener("resize", again);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  }

  const script = document.createElement("script");
  script.src = self.dataset.library;
  script.onload = draw;
  document.head.append(script);
})();
