// Calls of earlier days, with the login of the wallboard in this tab.
import { find, put } from "./common.js";
import { PageData, storeLogin, storedLogin } from "./page_data.js";
import { Bars } from "./bars.js";

const form = find("#login");
const charts = [...document.querySelectorAll("[data-set]")].map((container) => [container.dataset.set, new Bars(container)]);
let login = storedLogin();
let data = null;
let latest = 0;

function draw() {
  for (const [name, bars] of charts) bars.show(data.datasets[name]);
}

async function show() {
  latest += 1;
  const number = latest;
  try {
    put(find("#period"), "Reading");
    const body = await new PageData(login).read("/history/days", { days: find("#days").value });
    // A later choice may have been answered already.
    if (number !== latest) return;
    form.hidden = true;
    find("#shown").hidden = false;
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
  login = { id: form.client_id.value, secret: form.client_secret.value };
  storeLogin(login);
  show();
});
find("#days").addEventListener("change", show);
addEventListener("resize", () => data && draw());
if (login || form.dataset.local === "yes") show();
else form.hidden = false;
