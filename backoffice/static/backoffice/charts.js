// Charts: a click on a point opens the list behind it, PNG keeps the picture. Chart.js comes with Unfold.
"use strict"

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("canvas[data-points]").forEach(pointing)
  document.querySelectorAll("[data-chart-png]").forEach(button =>
    button.addEventListener("click", () => keep(button.dataset.chartPng)))
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

function keep(name) {
  const canvas = document.querySelector(`canvas[data-chart="${CSS.escape(name)}"]`)
  if (!canvas) return
  const picture = document.createElement("canvas")
  picture.width = canvas.width
  picture.height = canvas.height
  const paper = picture.getContext("2d")
  paper.fillStyle = getComputedStyle(canvas.closest("section")).backgroundColor
  paper.fillRect(0, 0, picture.width, picture.height)
  paper.drawImage(canvas, 0, 0)
  const link = document.createElement("a")
  link.download = `${name}.png`
  link.href = picture.toDataURL("image/png")
  link.click()
}
