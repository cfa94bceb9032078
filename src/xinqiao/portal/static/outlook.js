// Draws a sector's index and growth by quarter from the data block beside the box. Without this file, or without the
// chart library, the table says the same.
"use strict";

(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const drawn = [];
  const paper = { "--ink": "#000000", "--quiet": "#333333", "--line": "#c4cbd3", "--blue": "#1d4e89", "--past": "#a7b0ba", "--ground": "#ffffff" };
  let printing = false;
  const tone = (name) => (printing ? paper[name] : getComputedStyle(document.documentElement).getPropertyValue(name).trim());
  const axis = () => ({ axisLabel: { color: tone("--quiet") }, axisLine: { lineStyle: { color: tone("--line") } }, axisTick: { show: false }, nameTextStyle: { color: tone("--quiet") }, splitLine: { lineStyle: { color: tone("--line") } } });
  const fixed = (value, places) => value.toLocaleString("en-US", { minimumFractionDigits: places, maximumFractionDigits: places });

  function options(data) {
    const [index, growth] = data.names;
    const told = (i) => data.growth[i] === null ? data.unknown : `${growth}  ${fixed(data.growth[i] * 100, 1)}%${data.index[i] === null ? "" : `\n${index}  ${fixed(data.index[i], 1)}`}`;
    return {
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      legend: { data: data.names, textStyle: { color: tone("--ink") }, left: 0, top: 0, selectedMode: false },
      grid: { left: 8, right: 8, top: 64, bottom: 8, containLabel: true },
      // Drawn on the canvas: a tooltip of HTML would need inline styles, which the page forbids.
      tooltip: { renderMode: "richText", confine: true, trigger: "axis", formatter: (points) => `${data.quarters[points[0].dataIndex]}\n${told(points[0].dataIndex)}`, backgroundColor: tone("--ground"), borderColor: tone("--line"), textStyle: { color: tone("--ink") } },
      xAxis: { type: "category", data: data.quarters, ...axis() },
      yAxis: [
        { type: "value", scale: true, name: data.axis, ...axis(), nameTextStyle: { color: tone("--quiet"), align: "left" } },
        { type: "value", name: growth, ...axis(), nameTextStyle: { color: tone("--quiet"), align: "right" }, splitLine: { show: false }, axisLabel: { color: tone("--quiet"), formatter: (value) => `${fixed(value * 100, 0)}%` } },
      ],
      series: [
        { name: growth, type: "bar", yAxisIndex: 1, data: data.growth, barMaxWidth: 16, itemStyle: { color: tone("--past"), opacity: 0.6 } },
        { name: index, type: "line", data: data.index, connectNulls: false, symbol: "circle", symbolSize: 7, lineStyle: { color: tone("--blue"), width: 2 }, itemStyle: { color: tone("--blue") } },
      ],
    };
  }

  function load(address) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = () => resolve(window.echarts);
      script.onerror = reject;
      document.head.append(script);
    });
  }

  async function draw(box) {
    try {
      const echarts = await load(box.dataset.library);
      const data = JSON.parse(document.getElementById(box.dataset.chart).textContent);
      box.replaceChildren();
      const chart = echarts.init(box, null, { renderer: "canvas", devicePixelRatio: Math.max(2, devicePixelRatio) });
      drawn.push((size) => { chart.resize(size); chart.setOption(options(data), true); });
      chart.setOption(options(data));
      box.classList.add("drawn");
      new ResizeObserver(() => { if (!printing && box.clientWidth) chart.resize(); }).observe(box);
    } catch {
      box.replaceChildren(Object.assign(document.createElement("p"), { className: "quiet", textContent: box.dataset.failed }));
    }
  }

  document.querySelectorAll("[data-chart]").forEach(draw);
  dark.addEventListener("change", () => drawn.forEach((again) => again()));
  // Paper is white and about 640 pixels wide, whatever the screen is.
  addEventListener("beforeprint", () => { printing = true; drawn.forEach((again) => again({ width: 640 })); });
  addEventListener("afterprint", () => { printing = false; drawn.forEach((again) => again({ width: "auto" })); });
})();
