// Charts: a click on a point opens the list behind it, PNG keeps the picture. Chart.js comes with Unfold.
"use strict"

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("canvas[data-points]").forEach(pointing)
  document.querySelectorAll("[data-chart-png]").forEach(button =>
    button.addEventListener("click", () => keep(button, button.dataset.chartPng)))
  document.querySelectorAll("[data-chart-csv]").forEach(button =>
    button.addEventListener("click", () => keepFigures(button, button.dataset.chartCsv)))
  document.querySelectorAll("[data-table-png]").forEach(button =>
    button.addEventListener("click", () => keepTable(button.dataset.tablePng)))
})

// --- From a point to its list ---

function pointing(canvas) {
  const points = JSON.parse(canvas.dataset.points)
  if (!points.length) return
  const at = event => {
    const chart = window.Chart?.getChart(canvas)
    if (!chart) return undefined
    const { mode = "nearest", axis, intersect = true } = chart.options.interaction ?? {}
    const [hit] = chart.getElementsAtEventForMode(event, mode, { axis, intersect }, false)
    return hit && points[hit.index]
  }
  canvas.addEventListener("mousemove", event => {
    canvas.style.cursor = at(event) ? "pointer" : ""
  })
  canvas.addEventListener("click", event => {
    const address = at(event)
    if (address) location.assign(address)
  })
}

// --- The picture, on the page's own ground: a transparent one is unreadable in a letter ---

const canvasOf = button => button.closest("section").querySelector("canvas")

function keep(button, name) {
  const canvas = canvasOf(button)
  if (!canvas) return
  const [picture, paper] = sheet(canvas, canvas.width, canvas.height)
  paper.drawImage(canvas, 0, 0)
  save(picture, name)
}

// A heat map is a table for readers and screen readers; its picture is drawn cell by cell as it stands.
function keepTable(name) {
  const table = document.querySelector(`[data-table="${CSS.escape(name)}"]`)
  if (!table) return
  const scale = window.devicePixelRatio || 1
  const whole = table.getBoundingClientRect()
  const [picture, paper] = sheet(table, whole.width * scale, whole.height * scale)
  paper.scale(scale, scale)
  paper.textAlign = "center"
  paper.textBaseline = "middle"
  for (const cell of table.querySelectorAll("th, td")) {
    const box = cell.getBoundingClientRect()
    const look = getComputedStyle(cell)
    const [x, y] = [box.left - whole.left, box.top - whole.top]
    paper.fillStyle = look.backgroundColor
    paper.fillRect(x, y, box.width, box.height)
    paper.fillStyle = look.color
    paper.font = `${look.fontWeight} ${look.fontSize} ${look.fontFamily}`
    paper.fillText(cell.innerText.trim(), x + box.width / 2, y + box.height / 2)
  }
  save(picture, name)
}

// --- The figures as they are drawn, for a spreadsheet ---

function keepFigures(button, name) {
  const chart = window.Chart?.getChart(canvasOf(button))
  if (!chart) return
  const { labels, datasets } = chart.data
  const unit = chart.options.scales?.y?.title?.text ?? ""
  const quoted = value => `"${String(value ?? "").replace(/^[=+@-]/, "'$&").replaceAll('"', '""')}"`
  const number = value => (typeof value === "number" ? value : value?.y ?? "")
  const rows = [
    [unit, ...datasets.map(line => line.label ?? name)].map(quoted),
    ...labels.map((label, at) => [quoted(label), ...datasets.map(line => number(line.data[at]))]),
  ]
  const text = rows.map(row => row.join(",")).join("\r\n")
  const link = document.createElement("a")
  link.download = `${name}.csv`
  link.href = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv" }))
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

function sheet(shown, width, height) {
  const picture = document.createElement("canvas")
  picture.width = width
  picture.height = height
  const paper = picture.getContext("2d")
  paper.fillStyle = getComputedStyle(shown.closest("section")).backgroundColor
  paper.fillRect(0, 0, width, height)
  return [picture, paper]
}

function save(picture, name) {
  const link = document.createElement("a")
  link.download = `${name}.png`
  link.href = picture.toDataURL("image/png")
  link.click()
}
