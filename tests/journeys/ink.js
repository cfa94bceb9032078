// The colours found on the canvas of each drawn chart.
() => [...document.querySelectorAll("[data-chart].drawn canvas")].map((canvas) => {
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    const found = new Set();
    for (let i = 0; i < pixels.length; i += 4) {
        if (pixels[i + 3]) found.add(`${pixels[i]},${pixels[i + 1]},${pixels[i + 2]}`);
    }
    return [...found];
})
