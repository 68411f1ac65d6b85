// The canvas is drawn at once; the figures come late and over the network, as on real pages.

function drawTraffic(canvas) {
  const scale = window.devicePixelRatio || 1;
  const width = canvas.clientWidth, height = canvas.clientHeight;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  const columns = 24, rows = 7;
  const cell = { w: (width - 34) / columns, h: (height - 22) / rows };
  pen.font = "11px 'Noto Sans', sans-serif";
  pen.fillStyle = "#625d7d";
  "Mon Tue Wed Thu Fri Sat Sun".split(" ").forEach((day, row) => pen.fillText(day, 0, row * cell.h + cell.h / 2 + 4));
  for (let hour = 0; hour < columns; hour += 3) pen.fillText(String(hour).padStart(2, "0"), 34 + hour * cell.w, height - 4);
  for (let row = 0; row < rows; row++) {
    for (let hour = 0; hour < columns; hour++) {
      const day = Math.exp(-((hour - 9 - row * 0.4) ** 2) / 22) + 0.7 * Math.exp(-((hour - 18) ** 2) / 12);
      const load = Math.min(1, day * (row > 4 ? 0.45 : 1) * (0.85 + 0.15 * Math.sin(hour * 2.3 + row * 1.7)));
      pen.fillStyle = `hsl(${268 + load * 112} ${48 + load * 42}% ${93 - load * 32}%)`;
      pen.beginPath();
      pen.roundRect(34 + hour * cell.w + 1.5, row * cell.h + 1.5, cell.w - 3, cell.h - 3, 4);
      pen.fill();
    }
  }
}

function figure({ label, value, change }) {
  const box = document.createElement("div");
  box.className = "figure rise";
  for (const [tag, text] of [["span", label], ["strong", value], ["small", change]]) {
    box.appendChild(document.createElement(tag)).textContent = text;
  }
  return box;
}

async function showFigures() {
  await new Promise((done) => setTimeout(done, 700));
  const report = await (await fetch("figures.json")).json();
  document.querySelector("#figures").replaceChildren(...report.figures.map(figure));
  document.querySelector("#tide").textContent = `Tide ${report.tide.height.toFixed(1)} m, ${report.tide.trend}`;
  document.querySelector("#measured").textContent = `Measured ${report.measured}`;
  document.body.dataset.ready = "yes";
}

drawTraffic(document.querySelector("#traffic"));
showFigures();
