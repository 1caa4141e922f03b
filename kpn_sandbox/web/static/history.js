// Calls of earlier days, with the login of the wallboard in this tab.
import { request, basic, find, put, vendorToken } from "./common.js";
import { Bars } from "./bars.js";

const form = find("#login");
const charts = [...document.querySelectorAll("[data-set]")].map((container) => [container.dataset.set, new Bars(container)]);
let login = JSON.parse(sessionStorage.getItem("wallboard") || "null");
let data = null;
let latest = 0;

function draw() {
  for (const [name, bars] of charts) bars.show(data.datasets[name]);
}

async function show() {
  latest += 1;
  const number = latest;
  try {
    const { access_token: token } = await vendorToken(login && basic(...login));
    form.hidden = true;
    find("#shown").hidden = false;
    put(find("#period"), "Reading");
    const answer = await request(`/history/days?days=${find("#days").value}`, { headers: { Authorization: `Bearer ${token}` } });
    const body = await answer.json();
    // A later choice may have been answered already.
    if (number !== latest) return;
    if (!answer.ok) throw new Error(body.detail);
    data = body;
    put(find("#period"), `${data.client_id}, ${data.from} to ${data.to}`);
    draw();
  } catch (error) {
    if (error.status !== 401) return put(find("#period"), `▲ ${error.message}`);
    form.hidden = false;
    put(find("#refused"), error.message);
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  login = [form.client_id.value, form.client_secret.value];
  sessionStorage.setItem("wallboard", JSON.stringify(login));
  show();
});
find("#days").addEventListener("change", show);
addEventListener("resize", () => data && draw());
if (login || form.dataset.local === "yes") show();
else form.hidden = false;
