// Queues and cases: keys, chosen rows, who else looks, names after an @. No state beyond the page.
"use strict"

document.addEventListener("DOMContentLoaded", () => {
  rows()
  presence()
  pastes()
  document.querySelectorAll("textarea[maxlength]").forEach(counted)
  palette()
  prepared()
  papers()
  document.addEventListener("keydown", pressed)
  document.addEventListener("click", event => {
    if (event.target.closest("[data-keys-help]")) help()
    const undo = event.target.closest(".zt-undo[data-at-once]")
    if (undo) takeBack(event, undo)
  })
})

// --- Keys ---

const isTyping = target =>
  target.matches("textarea, select, [contenteditable], input:not([type=checkbox]):not([type=radio])")

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
  if (document.querySelector("dialog[open]")) return
  if (event.key === "?") return help()
  if (event.key === "/") return find(event)
  if (move(event.key)) return
  const control = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)
  if (!control) return
  event.preventDefault()
  if (control.matches("[data-needs-chosen]") && control.disabled) choose()
  if (control.matches("textarea, select")) control.focus()
  else control.click()
}

function help() {
  document.getElementById("zt-keys")?.showModal()
}

function find(event) {
  const box = document.querySelector("#searchbar, [name=q]")
  if (!box) return
  event.preventDefault()
  box.focus()
  box.select()
}

// --- Undo with one click, where there is nothing to be asked ---

function takeBack(event, link) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value
  if (!token) return // The page behind the link asks instead.
  event.preventDefault()
  const form = document.createElement("form")
  form.method = "post"
  form.action = link.href
  const said = { csrfmiddlewaretoken: token, next: location.pathname + location.search }
  for (const [name, value] of Object.entries(said)) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }))
  }
  document.body.append(form)
  form.submit()
}

// --- The rows of a queue ---

let at = -1

const lines = () =>
  document.querySelector("[data-rows]") ? [...document.querySelectorAll("#result_list tbody tr, #result_list tr:has(.zt-choose)")].filter(
    (line, index, all) => line.querySelector("a") && all.indexOf(line) === index) : []

function move(key) {
  const all = lines()
  if (!all.length) return false
  if (key === "j" || key === "k") {
    at = Math.min(Math.max(at + (key === "j" ? 1 : -1), 0), all.length - 1)
    all.forEach((line, index) => line.classList.toggle("zt-at", index === at))
    ;(all[at].querySelector(".zt-choose") ?? all[at].querySelector("a")).focus()
    all[at].scrollIntoView({ block: "nearest" })
  } else if (key === "x" && at >= 0) {
    all[at].querySelector(".zt-choose")?.click()
  } else if ((key === "o" || key === "Enter") && at >= 0) {
    all[at].querySelector("a").click()
  } else {
    return false
  }
  return true
}

// A key for many, where none is chosen yet, means the row where one is.
function choose() {
  const box = lines()[at]?.querySelector(".zt-choose")
  if (box && !box.checked) box.click()
}

function rows() {
  const boxes = () => [...document.querySelectorAll(".zt-choose")]
  const count = () => {
    const chosen = boxes().filter(box => box.checked).length
    document.querySelectorAll("[data-needs-chosen]").forEach(button => (button.disabled = !chosen))
    document.querySelectorAll("[data-chosen-count]").forEach(
      label => (label.textContent = chosen ? ` · ${chosen}` : ""))
  }
  document.addEventListener("change", event => {
    if (event.target.matches("[data-choose-all]")) {
      boxes().forEach(box => (box.checked = event.target.checked))
    }
    count()
  })
  count()
}

// --- Who else looks at the case ---

function presence() {
  const bar = document.querySelector("[data-presence]")
  if (!bar) return
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value
  if (!token) return
  const label = bar.querySelector("[data-lookers]")
  const body = first =>
    new URLSearchParams({ csrfmiddlewaretoken: token, ...(first ? { first: "1" } : {}) })
  const look = async first => {
    if (document.hidden && !first) return
    try {
      const answer = await fetch(bar.dataset.presence, { method: "POST", body: body(first) })
      if (!answer.ok) return
      const { others, colleagues } = await answer.json()
      if (colleagues) mentions(colleagues)
      label.hidden = !others.length
      label.textContent = others.length ? `${others.join(", ")} ${label.dataset.text}` : ""
    } catch {
      label.hidden = true // Offline: nobody knows.
    }
  }
  look(true)
  setInterval(() => look(false), Number(bar.dataset.pingS) * 1000)
  addEventListener("pagehide", () => {
    const left = body()
    left.set("left", "1")
    navigator.sendBeacon(bar.dataset.presence, left)
  })
}

// --- Names after an @ ---

function mentions(names) {
  const box = document.querySelector("[data-mentions]")
  if (!box) return
  const menu = document.createElement("div")
  menu.className = "zt-mentions"
  menu.setAttribute("role", "listbox")
  menu.hidden = true
  box.after(menu)
  const begun = () => /@([\p{L}' .-]{0,40})$/u.exec(box.value.slice(0, box.selectionStart))
  const take = name => {
    const before = box.value.slice(0, box.selectionStart).replace(/@[\p{L}' .-]{0,40}$/u, `@${name} `)
    const after = box.value.slice(box.selectionStart)
    box.value = before + after
    box.setSelectionRange(before.length, before.length)
    menu.hidden = true
    box.focus()
  }
  box.addEventListener("input", () => {
    const asked = begun()
    const fitting = asked
      ? names.filter(name => name.toLowerCase().startsWith(asked[1].toLowerCase())).slice(0, 6) : []
    menu.replaceChildren(...fitting.map(name => {
      const option = document.createElement("button")
      option.type = "button"
      option.setAttribute("role", "option")
      option.textContent = name
      option.addEventListener("click", () => take(name))
      return option
    }))
    menu.hidden = !fitting.length
  })
  box.addEventListener("keydown", event => {
    if (menu.hidden) return
    if (event.key === "ArrowDown") {
      event.preventDefault()
      menu.firstElementChild.focus()
    } else if (event.key === "Escape") {
      menu.hidden = true
    } else if (event.key === "Tab" && begun()?.[1]) {
      event.preventDefault()
      take(menu.firstElementChild.textContent)
    }
  })
  menu.addEventListener("keydown", event => {
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key]
    if (step) {
      event.preventDefault()
      ;(document.activeElement[step] ?? box).focus()
    }
  })
}

// --- What does not fit is refused before it is lost: a browser would cut it off in silence ---

function pastes() {
  document.addEventListener("paste", event => {
    const box = event.target
    if (!(box instanceof HTMLTextAreaElement) || box.maxLength < 0) return
    const pasted = event.clipboardData.getData("text").length
    const kept = box.value.length - (box.selectionEnd - box.selectionStart)
    const message = box.form?.closest("[data-too-long]")?.dataset.tooLong
    if (kept + pasted <= box.maxLength) return box.setCustomValidity("")
    event.preventDefault()
    box.setCustomValidity(`${message ?? ""} ${pasted.toLocaleString()} > ${(box.maxLength - kept).toLocaleString()}`.trim())
    box.reportValidity()
    box.addEventListener("input", () => box.setCustomValidity(""), { once: true })
  })
}

// --- How full a box is; what was put in by a program may be too much, and is not sent so ---

function counted(box) {
  const count = document.createElement("span")
  count.className = "zt-count"
  count.setAttribute("aria-hidden", "true") // Who cannot see it is told at the limit.
  box.after(count)
  const show = () => {
    const length = box.value.length, over = length - box.maxLength
    count.textContent = `${length.toLocaleString("en")} / ${box.maxLength.toLocaleString("en")}`
    count.classList.toggle("zt-count-over", over > 0)
    const said = box.form?.querySelector("[data-over]")
    if (!said) return
    const tooLong = over > 0 ? said.dataset.over.replace("{count}", over) : ""
    box.setCustomValidity(tooLong)
    said.textContent = tooLong || said.dataset.usual
    said.classList.toggle("zt-late", over > 0)
  }
  box.addEventListener("input", show)
  box.form?.addEventListener("reset", () => setTimeout(show))
  show()
}

// --- A prepared answer goes where the cursor stands; enter takes it, and one writes on ---

const prepared = () => document.querySelectorAll("[data-prepared]").forEach(offer)

function offer(field) {
  const form = field.closest("form")
  const box = form.querySelector("textarea")
  const list = field.querySelector("select")
  const said = field.querySelector("[role=status]")
  const insert = async () => {
    const [reader, macro] = list.value.split("/")
    if (!macro) return
    try {
      const answer = await fetch(`${field.dataset.prepared}${reader}/${macro}/`)
      if (!answer.ok) throw new Error(answer.statusText)
      const { text, language } = await answer.json()
      const begin = box.selectionStart, before = box.value.slice(0, begin)
      const gap = before && !before.endsWith("\n") ? "\n\n" : ""
      box.value = before + gap + text + box.value.slice(box.selectionEnd)
      box.lang = language
      form.elements.macro.value = macro
      box.focus()
      box.setSelectionRange(begin + gap.length, begin + gap.length + text.length)
      box.dispatchEvent(new Event("input", { bubbles: true }))
    } catch {
      said.textContent = field.dataset.failed // Nothing is lost: the box is as it was.
    }
    list.value = ""
  }
  // The arrows go through a closed list: only enter, or the button, takes what is chosen.
  list.addEventListener("keydown", event => {
    if (event.key !== "Enter" || !list.value) return
    event.preventDefault()
    insert()
  })
  field.querySelector("[data-insert]").addEventListener("click", insert)
}

// --- The command palette answers while one types ---

function palette() {
  const box = document.getElementById("search-input-command")
  if (!box || !window.htmx) return
  box.setAttribute("hx-trigger", "input changed delay:120ms")
  window.htmx.process(box)
  const state = window.Alpine.$data(box)
  // Enter opens the first answer to the words that stand in the box: who types faster than we answer
  // gets it as soon as it is here, and never an answer to words typed before.
  let entered = false
  box.addEventListener("input", () => {
    entered = false
    state.currentIndex = 0
  })
  box.addEventListener("keydown", event => {
    if (event.key === "Enter" && state.currentIndex === 0) entered = true
  }, { capture: true })
  document.addEventListener("htmx:after-swap", event => {
    if (event.target.id !== "command-results") return
    if (event.detail.requestConfig.parameters.s !== box.value) return
    if (!state.items?.[0]?.querySelector("a")) return
    state.currentIndex = 1
    if (entered) state.selectItem(false)
    entered = false
  })
}

// --- On a narrow screen a document opens under its own line, where it is judged ---

function papers() {
  const preview = document.getElementById("document-preview")
  if (!preview) return
  document.addEventListener("htmx:before-swap", event => {
    if (event.target !== preview || !window.matchMedia("(max-width: 900px)").matches) return
    event.detail.requestConfig.elt.closest("li")?.append(preview)
  })
}
