// Swagger UI with a sign-in above it: what is signed in there is used for every request tried out below.
const settings = JSON.parse(document.getElementById("swagger-settings").textContent);
const ui = SwaggerUIBundle({
  ...settings,
  dom_id: "#swagger-ui",
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIBundle.SwaggerUIStandalonePreset],
});

const form = document.getElementById("sign-in");
const said = document.getElementById("sign-in-said");

async function signIn(login, password) {
  const answer = await fetch(form.action, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ login, password }),
  });
  const body = await answer.json();
  if (answer.ok) {
    ui.preauthorizeApiKey(form.dataset.scheme, body.access);
  }
  said.textContent = answer.ok ? form.dataset.done.replace("…", login) : body.detail;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  signIn(form.elements.login.value, form.elements.password.value);
});
for (const button of document.querySelectorAll("[data-login]")) {
  button.addEventListener("click", () => {
    form.elements.login.value = button.dataset.login;
    form.elements.password.value = form.dataset.password;
    form.requestSubmit();
  });
}
