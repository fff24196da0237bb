// The frame around every page. Unfold hides its sidebar at 1280 px, the width of many a desk's screen, although its
// own styles have room for it there: ours stands from 1280 px on, unless this person closed it.
"use strict"

const ROOM_PX = 1280

document.addEventListener("alpine:init", () => {
  const theirs = window.theme
  if (!theirs) return
  const hasRoom = () => window.innerWidth >= ROOM_PX
  const isWanted = () => hasRoom() && localStorage.getItem("sidebarOpen") !== "0"
  window.theme = (...given) => {
    const frame = theirs(...given)
    frame.sidebarOpen = isWanted()
    frame.sidebarToggle = function () {
      this.sidebarOpen = !this.sidebarOpen
      if (hasRoom()) localStorage.setItem("sidebarOpen", this.sidebarOpen ? "1" : "0")
    }
    frame.themeBindings["x-resize.window"] = function () {
      this.sidebarOpen = isWanted()
    }
    return frame
  }
})
