// A box that offers what fits while one types. Without an answer it is a box like any other.
"use strict"

document.addEventListener("input", event => {
  const box = event.target
  if (!(box instanceof HTMLInputElement) || !box.dataset.suggest) return
  clearTimeout(box.suggestTimer)
  box.suggestTimer = setTimeout(() => offerFitting(box), 150)
})

async function offerFitting(box) {
  const words = box.value.trim()
  if (!words) return
  try {
    const answer = await fetch(`${box.dataset.suggest}?${new URLSearchParams({ q: words })}`)
    if (!answer.ok || box.value.trim() !== words) return // They typed on: the next answer fits.
    const { offers } = await answer.json()
    offersOf(box).replaceChildren(...offers.map(([value, beside]) => {
      const option = document.createElement("option")
      option.value = value
      if (beside) option.label = `${beside} · ${value}`
      return option
    }))
  } catch {
    // Offline: nothing is offered.
  }
}

function offersOf(box) {
  if (box.list) return box.list
  const offers = document.createElement("datalist")
  offers.id = `${box.id}-offers`
  box.after(offers)
  box.setAttribute("list", offers.id)
  box.setAttribute("autocomplete", "off")
  return offers
}
