// Draws the report's charts when they come into view, from the data blocks beside them. Without this file, or
// without the chart library, the tables say the same.
"use strict";

(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const drawn = new Map();
  let printing = false;
  let library = null;
  const ruler = document.createElement("canvas").getContext("2d");

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const paper = { "--ink": "#000000", "--quiet": "#333333", "--line": "#c4cbd3", "--blue": "#1d4e89", "--accent": "#a5480c", "--past": "#a7b0ba", "--ground": "#ffffff" };
  const tone = (name) => (printing ? paper[name] : colour(name));

  function load(address) {
    // A saved report brings the library along.
    if (window.echarts) return Promise.resolve(window.echarts);
    library ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = () => resolve(window.echarts);
      script.onerror = reject;
      document.head.append(script);
    });
    return library;
  }

  function number(value, places) {
    return value === null || value === undefined ? null : value.toLocaleString("en-US", { minimumFractionDigits: places, maximumFractionDigits: places });
  }

  const axis = () => ({ axisLabel: { color: tone("--quiet") }, axisLine: { lineStyle: { color: tone("--line") } }, axisTick: { show: false }, nameTextStyle: { color: tone("--quiet") }, splitLine: { lineStyle: { color: tone("--line") } } });
  // Drawn on the canvas: a tooltip of HTML would need inline styles, which the page forbids.
  const tooltip = (formatter) => ({ renderMode: "richText", confine: true, trigger: "axis", axisPointer: { type: "shadow" }, formatter, backgroundColor: tone("--ground"), borderColor: tone("--line"), textStyle: { color: tone("--ink") } });
  // Stripes tell "against" and "a year before" from their neighbours in black and white.
  const stripes = { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4, color: "rgba(255,255,255,0.55)" };

  const options = {
    contributions(data, width) {
      const narrow = width < 520, size = narrow ? 11 : 12, widest = narrow ? 112 : 256;
      const left = Math.min(widest, Math.max(...data.labels.map((label) => textWidth(label, size)))) + 16;
      return {
        grid: { left, right: 24, top: 8, bottom: 24 },
        tooltip: tooltip((points) => `${data.labels[points[0].dataIndex]}\n${signed(data.values[points[0].dataIndex])}`),
        // Room for the figures at both ends.
        xAxis: { type: "value", boundaryGap: narrow ? ["30%", "15%"] : ["12%", "4%"], ...axis() },
        yAxis: { type: "category", data: data.labels, inverse: true, ...axis(), axisLabel: { color: tone("--ink"), width: widest, overflow: "truncate", fontSize: size, interval: 0 } },
        series: [{
          type: "bar", barMaxWidth: 14,
          data: data.values.map((value) => ({
            value,
            itemStyle: value < 0 ? { color: tone("--accent"), decal: stripes } : { color: tone("--blue") },
            label: { show: true, position: value < 0 ? "left" : "right", color: tone("--ink"), formatter: signed(value) },
          })),
        }],
      };
    },
    history(data) {
      return {
        grid: { left: 8, right: 32, top: 32, bottom: 8, containLabel: true },
        tooltip: { ...tooltip((points) => `${data.days[points[0].dataIndex]}\n${data.grades[points[0].dataIndex]}  ${number(data.scores[points[0].dataIndex], 1) ?? data.unknown}`), axisPointer: { type: "line" } },
        xAxis: { type: "category", data: data.days, boundaryGap: true, ...axis() },
        yAxis: { type: "value", min: 0, max: data.max, interval: 25, name: data.unit, ...axis(), nameTextStyle: { color: tone("--quiet"), align: "left" } },
        series: [{
          type: "line", data: data.scores, symbol: "circle", symbolSize: 9, connectNulls: false,
          lineStyle: { color: tone("--blue"), width: 2 }, itemStyle: { color: tone("--blue") },
          label: { show: true, position: "top", color: tone("--ink"), fontWeight: "bold", formatter: (point) => data.grades[point.dataIndex] },
        }, {
          // A day without a score has no height; its grade stands on the axis.
          type: "scatter", data: data.scores.map((score) => (score === null ? 0 : null)), symbol: "emptyCircle", symbolSize: 9,
          itemStyle: { color: tone("--quiet") }, label: { show: true, position: "top", color: tone("--quiet"), formatter: (point) => data.grades[point.dataIndex] },
        }],
      };
    },
    monthly(data) {
      const scaled = (values) => values.map((fen) => (fen === null ? null : fen / data.divisor));
      const now = scaled(data.amounts), before = scaled(data.previous);
      return {
        legend: { data: [data.names[1], data.names[0]], textStyle: { color: tone("--ink") }, left: 0, top: 0, selectedMode: false },
        grid: { left: 8, right: 8, top: 64, bottom: 8, containLabel: true },
        tooltip: tooltip((points) => { const i = points[0].dataIndex; return `${data.months[i]}\n${data.names[0]}  ${number(now[i], 2) ?? data.unknown}\n${data.names[1]}  ${number(before[i], 2) ?? data.unknown}`; }),
        xAxis: { type: "category", data: data.months, ...axis() },
        yAxis: { type: "value", name: data.unit, ...axis(), nameTextStyle: { color: tone("--quiet"), align: "left" } },
        series: [
          { name: data.names[1], type: "bar", data: before, barMaxWidth: 16, itemStyle: { color: tone("--past"), decal: stripes } },
          { name: data.names[0], type: "bar", data: now, barMaxWidth: 16, itemStyle: { color: tone("--blue") } },
        ],
      };
    },
  };

  function textWidth(text, size) {
    ruler.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
    return ruler.measureText(text).width;
  }

  function signed(value) {
    const text = number(Math.abs(value), 2);
    return value === 0 ? text : (value > 0 ? "+" : "−") + text;
  }

  function paint(box, size) {
    const { chart, data } = drawn.get(box);
    chart.resize(size);
    chart.setOption({ animation: false, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily }, ...options[data.kind](data, size?.width ?? box.clientWidth) }, true);
  }

  // A row of the contributions chart is lower on paper, so that the chart stays on the page of the reasons.
  function height(data) {
    if (!data.rows) return printing ? 220 : 304;
    return Math.max(160, data.rows * (printing ? 17 : 26) + 32);
  }

  async function draw(box) {
    if (drawn.has(box)) return;
    try {
      const echarts = await load(box.dataset.library);
      if (drawn.has(box)) return;
      const data = JSON.parse(document.getElementById(box.dataset.chart).textContent);
      box.style.height = `${height(data)}px`;
      box.replaceChildren();
      drawn.set(box, { chart: echarts.init(box, null, { renderer: "canvas", devicePixelRatio: Math.max(2, devicePixelRatio) }), data });
      paint(box);
      box.classList.add("drawn");
      new ResizeObserver(() => { if (!printing && box.clientWidth) paint(box); }).observe(box);
    } catch {
      box.replaceChildren(Object.assign(document.createElement("p"), { className: "quiet", textContent: box.dataset.failed }));
      box.style.height = "auto";
    }
  }

  const boxes = [...document.querySelectorAll("[data-chart]")];
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting) { seen.unobserve(entry.target); draw(entry.target); }
    }
  }, { rootMargin: "200px" });
  boxes.forEach((box) => seen.observe(box));

  dark.addEventListener("change", () => drawn.forEach((_, box) => paint(box)));
  // Paper is white and about 640 pixels wide, whatever the screen is.
  addEventListener("beforeprint", () => {
    printing = true;
    drawn.forEach(({ data }, box) => {
      box.style.height = `${height(data)}px`;
      paint(box, { width: 640, height: height(data) });
    });
  });
  addEventListener("afterprint", () => {
    printing = false;
    drawn.forEach(({ data }, box) => {
      box.style.height = `${height(data)}px`;
      paint(box, { width: "auto", height: "auto" });
    });
  });

  const print = document.querySelector("[data-print]");
  if (print) {
    print.hidden = false;
    // Charts not yet scrolled to are drawn first, or paper would lack them.
    print.addEventListener("click", async () => { await Promise.all(boxes.map(draw)); window.print(); });
  }

  // A link to a row inside a closed section opens it.
  function reveal() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target) target.closest("details")?.setAttribute("open", "");
  }
  addEventListener("hashchange", reveal);
  reveal();
})();
