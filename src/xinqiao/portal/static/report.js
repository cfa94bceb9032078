// Draws the report's charts when they come into view, from the data blocks beside them. Without this file, or
// without the chart library, the tables say the same.
"use strict";

(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const drawn = new Map();
  const report = document.querySelector(".report"), usual = report.dataset.paper;
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
        grid: { left, right: 24, top: 8, bottom: 40 },
        tooltip: tooltip((points) => `${data.labels[points[0].dataIndex]}\n${signed(data.values[points[0].dataIndex])}`),
        // Room for the figures at both ends.
        xAxis: { type: "value", boundaryGap: narrow ? ["30%", "15%"] : ["12%", "4%"], name: data.unit, nameLocation: "middle", nameGap: 24, ...axis() },
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
    groups(data, width) {
      const narrow = width < 480, count = data.values.length;
      const known = (place) => data.values[(place + count) % count] !== null;
      // A group without data leaves its part of the circle open: each pair of known neighbours makes a sector of
      // its own. The radar of the library would draw what is unknown in the middle, as if it were zero.
      const top = data.max * 1.2;
      // The library's own rings would end at the last group.
      const rings = ({ cx, cy, r }) => [25, 50, 75, 100].map((share) => ({ type: "circle", shape: { cx, cy, r: (r * share) / top }, style: { fill: "none", stroke: tone("--line"), lineWidth: 1 } }));
      const sector = (params, api) => {
        const place = params.dataIndex, around = place ? [] : rings(params.coordSys);
        if (!known(place)) return { type: "group", children: around };
        const at = api.coord([api.value(0), api.value(1)]), middle = [params.coordSys.cx, params.coordSys.cy];
        // Figures stand outside of their corners, so that low ones do not crowd in the middle.
        const turn = (2 * Math.PI * place) / count, outside = [at[0] + 13 * Math.sin(turn), at[1] - 12 * Math.cos(turn)];
        const next = (place + 1) % count, children = around;
        if (known(next)) {
          const to = api.coord([data.values[next], next]);
          children.push({ type: "polygon", shape: { points: [middle, at, to] }, style: { fill: tone("--blue"), opacity: 0.16 } });
          children.push({ type: "line", shape: { x1: at[0], y1: at[1], x2: to[0], y2: to[1] }, style: { stroke: tone("--blue"), lineWidth: 2 } });
        } else if (!known(place - 1)) {
          children.push({ type: "line", shape: { x1: middle[0], y1: middle[1], x2: at[0], y2: at[1] }, style: { stroke: tone("--blue"), lineWidth: 2, opacity: 0.5 } });
        }
        children.push({ type: "circle", shape: { cx: at[0], cy: at[1], r: 4 }, style: { fill: tone("--blue") } });
        children.push({ type: "text", x: outside[0], y: outside[1], style: { text: number(data.values[place], 0), fill: tone("--ink"), stroke: tone("--ground"), lineWidth: 3, fontSize: 11, textAlign: "center", textVerticalAlign: "middle" } });
        return { type: "group", children };
      };
      return {
        polar: { center: ["50%", "50%"], radius: narrow ? "56%" : "70%" },
        angleAxis: {
          type: "category", data: data.labels, boundaryGap: false, startAngle: 90, axisTick: { show: false }, axisLine: { show: false },
          splitLine: { show: true, lineStyle: { color: tone("--line") } },
          axisLabel: { interval: 0, color: tone("--ink"), fontSize: narrow ? 11 : 12, formatter: (label, place) => wrapped(label, narrow ? 5 : 8) + (known(place) ? "" : `\n${data.unknown}`) },
        },
        // A little room beyond the full score keeps its figure off the names.
        radiusAxis: { type: "value", min: 0, max: top, interval: 25, axisLine: { show: false }, axisTick: { show: false }, axisLabel: { show: false }, splitLine: { show: false } },
        tooltip: { renderMode: "richText", confine: true, trigger: "item", formatter: (point) => `${data.labels[point.dataIndex]}\n${data.unit} ${number(data.values[point.dataIndex], 1) ?? data.unknown}`, backgroundColor: tone("--ground"), borderColor: tone("--line"), textStyle: { color: tone("--ink") } },
        series: [{ type: "custom", coordinateSystem: "polar", renderItem: sector, data: data.values.map((value, place) => [value, place]), encode: { radius: 0, angle: 1 } }],
      };
    },
    related(data, width, tall) {
      const narrow = width < 520, reach = 1000, crowd = data.nodes.length > 24;
      const edges = new Map(), near = new Set(data.nodes.filter((node) => node.hops === 0).map((node) => node.id));
      // A holding tells more than a position, and gives a line of both its look.
      const rank = ["holding", "guarantee", "financing_guarantee", "position"];
      [...data.links].sort((one, other) => rank.indexOf(one.kind) - rank.indexOf(other.kind)).forEach((link) => {
        const pair = `${link.source} ${link.target}`;
        const label = link.label + (link.ratio === null ? "" : ` ${number(link.ratio * 100, 1)}%`), before = edges.get(pair)?.label ?? [];
        edges.set(pair, { ...link, ...edges.get(pair), label: before.includes(label) ? before : [...before, label] });
      });
      const centre = { x: width / 2, y: tall / 2 + 8 }, room = { x: width / 2 - (narrow ? 48 : 120), y: tall / 2 - 48 };
      // The library stretches what it draws to the whole canvas; two unseen corners make that a scale of one.
      const corners = [[0, 0], [width, tall]].map(([x, y], place) => ({ id: `corner ${place}`, x, y, symbolSize: 0, label: { show: false }, tooltip: { show: false } }));
      const shapes = { enterprise: "circle", person: "triangle", other: "diamond" };
      return {
        tooltip: {
          renderMode: "richText", confine: true, trigger: "item", backgroundColor: tone("--ground"), borderColor: tone("--line"), textStyle: { color: tone("--ink") },
          formatter: (point) => (point.dataType === "edge" ? point.data.told : `${point.data.told}`),
        },
        legend: { data: Object.keys(shapes).filter((kind) => data.nodes.some((node) => node.kind === kind)).map((kind) => ({ name: data.names[kind], icon: shapes[kind] })), textStyle: { color: tone("--ink") }, left: 0, top: 0, selectedMode: false },
        series: [{
          type: "graph", layout: "none", left: 0, right: 0, top: 0, bottom: 0,
          categories: Object.keys(shapes).map((kind) => ({ name: data.names[kind], symbol: shapes[kind], itemStyle: { color: tone("--blue") } })),
          data: [...corners, ...data.nodes.map((node) => ({
            id: node.id, name: node.id, x: centre.x + (node.x / reach) * room.x, y: centre.y + (node.y / reach) * room.y, category: Object.keys(shapes).indexOf(node.kind), symbol: shapes[node.kind],
            symbolSize: node.hops === 0 ? 28 : node.hops === 1 ? 18 : 12,
            told: [node.name, node.grade].filter(Boolean).join("\n"),
            itemStyle: { color: node.hops === 0 ? tone("--accent") : node.hops === 1 ? tone("--blue") : tone("--past") },
            label: { show: node.hops < 2 || !crowd, position: node.y > 300 || node.hops === 0 ? "bottom" : "top", color: tone("--ink"), textBorderColor: tone("--ground"), textBorderWidth: 3, fontSize: narrow ? 10 : 12, formatter: node.hops === 0 ? data.names.self : wrapped(node.name, narrow ? 6 : 10, 2) + (node.grade ? ` ${node.grade}` : "") },
          }))],
          links: [...edges.values()].map((link) => ({
            source: link.source, target: link.target, told: link.label.join("\n"), symbol: ["none", "arrow"], symbolSize: 7,
            lineStyle: { color: tone("--quiet"), opacity: 1, width: 1.2, type: link.kind === "holding" ? "solid" : link.kind === "position" ? "dotted" : "dashed", curveness: edges.has(`${link.target} ${link.source}`) ? 0.2 : 0 },
            label: { show: !crowd && !narrow && (near.has(link.source) || near.has(link.target)), formatter: link.label.slice(0, 2).join(data.comma), fontSize: 11, color: tone("--quiet"), textBorderColor: tone("--ground"), textBorderWidth: 3 },
          })),
          labelLayout: { hideOverlap: false }, edgeLabel: {}, silent: false, roam: false, emphasis: { disabled: true },
        }],
      };
    },
    history(data, width) {
      const roomy = width / data.days.length > 72;
      return {
        grid: { left: 8, right: 32, top: 32, bottom: 8, containLabel: true },
        tooltip: { ...tooltip((points) => `${data.days[points[0].dataIndex]}\n${data.grades[points[0].dataIndex]}  ${number(data.scores[points[0].dataIndex], 2) ?? data.unknown}\n${data.held[points[0].dataIndex]}`.trim()), axisPointer: { type: "line" } },
        xAxis: { type: "category", data: data.days, boundaryGap: true, ...axis() },
        yAxis: { type: "value", min: 0, max: data.max, interval: 25, name: data.unit, ...axis(), nameTextStyle: { color: tone("--quiet"), align: "left" } },
        series: [{
          type: "line", data: data.scores, symbol: "circle", symbolSize: 9, connectNulls: false,
          lineStyle: { color: tone("--blue"), width: 2 }, itemStyle: { color: tone("--blue") },
          label: { show: true, position: "top", color: tone("--ink"), fontWeight: "bold", formatter: (point) => data.grades[point.dataIndex] + (roomy ? `  ${number(data.scores[point.dataIndex], 2)}` : "") },
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

  /** A text in lines of so many Chinese characters (twice as many Latin ones), cut after so many lines. */
  function wrapped(text, longest, most = 3) {
    const parts = (text.match(/[\x21-\x7e]+\s*|[^\x21-\x7e]/g) ?? []).map((part) => [part, /[\x21-\x7e]/.test(part) ? part.length / 2 : 1]);
    const whole = parts.reduce((sum, [, size]) => sum + size, 0), fewest = Math.ceil(whole / longest);
    // Chinese lines of one length: no single character is left over for the last.
    const length = /[\x21-\x7e]/.test(text) || fewest > most ? longest : Math.ceil(whole / Math.max(fewest, 1));
    const lines = [""];
    let used = 0;
    for (const [part, size] of parts) {
      if (used && used + size > length) { lines.push(""); used = 0; }
      lines[lines.length - 1] += part;
      used += size;
    }
    return lines.length > most ? `${lines.slice(0, most).join("\n")}…` : lines.join("\n");
  }

  function textWidth(text, size) {
    ruler.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
    return ruler.measureText(text).width;
  }

  function signed(value) {
    const text = number(Math.abs(value), 2);
    return value === 0 ? text : (value > 0 ? "+" : "−") + text;
  }

  const brief = () => printing && report.dataset.paper === "short";

  function paint(box, size) {
    const { chart, data } = drawn.get(box);
    chart.resize(size);
    chart.setOption({ animation: false, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily }, ...options[data.kind](data, typeof size?.width === "number" ? size.width : box.clientWidth, typeof size?.height === "number" ? size.height : box.clientHeight) }, true);
  }

  // A row of the contributions chart is lower on paper, so that the chart stays on the page of the reasons.
  function height(data, box) {
    if (data.kind === "groups") return brief() ? 280 : printing || box.clientWidth < 480 ? 320 : 400;
    if (data.kind === "history") return brief() ? 150 : printing ? 220 : 240;
    if (data.kind === "related") return data.nodes.length <= 3 ? 200 : data.nodes.length <= 8 ? 320 : printing ? 400 : box.clientWidth < 520 ? 440 : 560;
    if (!data.rows) return printing ? 220 : 304;
    return Math.max(160, data.rows * (printing ? 17 : 26) + 48);
  }

  async function draw(box) {
    if (drawn.has(box)) return;
    try {
      const echarts = await load(box.dataset.library);
      if (drawn.has(box)) return;
      const data = JSON.parse(document.getElementById(box.dataset.chart).textContent);
      box.style.height = `${height(data, box)}px`;
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
      box.style.height = `${height(data, box)}px`;
      // In the summary the radar stands beside its table.
      paint(box, { width: brief() && data.kind === "groups" ? 304 : 640, height: height(data, box) });
    });
  });
  addEventListener("afterprint", () => {
    printing = false;
    report.dataset.paper = usual;
    drawn.forEach(({ data }, box) => {
      box.style.height = `${height(data, box)}px`;
      paint(box, { width: "auto", height: "auto" });
    });
  });

  // Charts not yet scrolled to are drawn first, or paper would lack them.
  const onPaper = () => boxes.filter((box) => report.dataset.paper === "full" || !box.closest(".full-only"));
  document.querySelectorAll("[data-print]").forEach((print) => {
    print.hidden = false;
    print.addEventListener("click", async () => {
      report.dataset.paper = print.dataset.print;
      await Promise.all(onPaper().map(draw));
      window.print();
    });
  });
  // Whoever prints by the browser's own command finds the charts of the summary drawn, once nothing else is to do.
  addEventListener("load", () => (window.requestIdleCallback ?? setTimeout)(() => onPaper().forEach(draw)));

  // A link to a row inside a closed section opens it.
  function reveal() {
    const target = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
    for (let fold = target?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    if (target) target.scrollIntoView({ behavior: "instant" });
  }
  addEventListener("hashchange", reveal);
  reveal();
})();
