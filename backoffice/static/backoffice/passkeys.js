// Passkeys: ask the device what the server wants asked, put its answer into the form, send the form.
// Without JavaScript, or in a browser that knows no passkeys, the buttons stay hidden.
"use strict"

document.addEventListener("DOMContentLoaded", () => {
  if (!window.PublicKeyCredential) return
  document.documentElement.classList.add("zt-takes-passkeys")
  document.addEventListener("click", event => {
    const button = event.target.closest("[data-passkey-ask]")
    if (button) useOf(button)
  })
})

async function useOf(button) {
  const form = button.form
  const place = button.closest("[data-passkey]")
  if (!isFilledIn(form)) return
  say(place, "")
  button.disabled = true
  form.setAttribute("aria-busy", "true")
  try {
    form.elements.passkey.value = JSON.stringify(await answerOf(form, place.dataset))
    form.requestSubmit()
  } catch (error) {
    say(place, place.dataset[reason(error)])
    button.disabled = false
    form.removeAttribute("aria-busy")
  }
}

// A passkey answers instead of the code; all else that the form wants is wanted still.
function isFilledIn(form) {
  form.querySelectorAll("[autocomplete=one-time-code]").forEach(code => (code.required = false))
  return form.reportValidity()
}

async function answerOf(form, { passkey: address, purpose }) {
  const token = form.elements.csrfmiddlewaretoken.value
  const asked = await fetch(address, {
    method: "POST",
    body: new URLSearchParams({ csrfmiddlewaretoken: token, purpose }),
  })
  if (!asked.ok) throw new Error(asked.status === 429 ? "often" : "unreachable")
  const options = await asked.json()
  options.challenge = bytes(options.challenge)
  for (const list of [options.allowCredentials, options.excludeCredentials]) {
    list?.forEach(one => (one.id = bytes(one.id)))
  }
  if (purpose !== "register") return plain(await navigator.credentials.get({ publicKey: options }))
  options.user.id = bytes(options.user.id)
  return plain(await navigator.credentials.create({ publicKey: options }))
}

// As `PublicKeyCredential.toJSON` would say it, which not every browser has.
function plain(credential) {
  const { response } = credential
  const said = { clientDataJSON: text(response.clientDataJSON) }
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[part]?.byteLength) said[part] = text(response[part])
  }
  if (response.getTransports) said.transports = response.getTransports()
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response: said }
}

const bytes = words =>
  Uint8Array.from(atob(words.replace(/-/g, "+").replace(/_/g, "/")), letter => letter.charCodeAt(0))

const text = buffer =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "")

function reason(error) {
  if (error.message === "often") return "often"
  return { NotAllowedError: "cancelled", InvalidStateError: "known", SecurityError: "elsewhere" }[error.name]
    ?? "unreachable"
}

function say(place, words) {
  const line = place.querySelector("[data-passkey-said]")
  line.textContent = words ?? ""
  line.hidden = !words
}
