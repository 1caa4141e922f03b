// What happened on earlier days, with the login that the wallboard of this tab has.
import { ask, basic, find, put, vendorToken } from "./common.js";
import { Bars } from "./bars.js";

const form = find("#login");
const charts = [...document.querySelectorAll("[data-set]")].map((room) => [room.dataset.set, new Bars(room)]);
let login = JSON.parse(sessionStorage.getItem("wallboard") || "null");
let told = null;
let asked = 0;

function draw() {
  for (const [name, bars] of charts) bars.show(told.datasets[name]);
}

async function show() {
  asked += 1;
  const question = asked;
  try {
    const { access_token: token } = await vendorToken(login && basic(...login));
    form.hidden = true;
    find("#shown").hidden = false;
    put(find("#period"), "Reading");
    const answer = await ask(`/history/days?days=${find("#days").value}`, { headers: { Authorization: `Bearer ${token}` } });
    const body = await answer.json();
    // Who chose again in the meantime wants to see the later choice only.
    if (question !== asked) return;
    if (!answer.ok) throw new Error(body.detail);
    told = body;
    put(find("#period"), `${told.client_id}, ${told.from} to ${told.to}`);
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
addEventListener("resize", () => told && draw());
if (login || form.dataset.local === "yes") show();
else form.hidden = false;
