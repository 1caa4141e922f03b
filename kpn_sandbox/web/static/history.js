// Calls of earlier days, with the login that the pages of this tab share.
import { find, put } from "./common.js";
import { t } from "./words.js";
import { PageData } from "./page_data.js";
import { usePageLogin } from "./page_login.js";
import { Bars } from "./bars.js";

const DAY = 86_400_000;

const form = find("#login");
const [from, to, days] = ["#from", "#to", "#days"].map((selector) => find(selector));
const charts = [...document.querySelectorAll("[data-set]")].map((container) => new Bars(container));
let login = null;
let data = null;
let latest = 0;

function showPeriod() {
  from.value = data.from;
  to.value = data.to;
  from.max = to.max = data.today;
  const count = Math.round((Date.parse(data.to) - Date.parse(data.from)) / DAY) + 1;
  days.value = data.to === data.today && [...days.options].some((option) => option.value === String(count)) ? String(count) : "";
  put(find("#period"), t("{account}: {count} day|{account}: {count} days", { account: data.client_id, count }));
  // The address shows the same when it is opened again.
  const url = new URL(location.href);
  for (const [name, value] of Object.entries({ from: data.from, to: data.to })) url.searchParams.set(name, value);
  history.replaceState(null, "", url);
}

async function show(wanted) {
  latest += 1;
  const number = latest;
  try {
    put(find("#period"), t("Reading …"));
    const body = await new PageData(login).read("/history/days", wanted);
    // A later choice may have been answered already.
    if (number !== latest) return;
    form.hidden = true;
    find("#shown").hidden = false;
    data = body;
    showPeriod();
    for (const chart of charts) chart.show(data.datasets[chart.name], `${data.from}-${data.to}`);
  } catch (error) {
    if (refused(error)) return;
    find("#shown").hidden = false;
    const [wrong] = error.errors ?? [];
    put(find("#period"), `▲ ${wrong ? `${wrong.field}: ${wrong.allowed}` : error.message}`);
  }
}

const refused = usePageLogin(form, (given) => {
  login = given;
  const query = new URLSearchParams(location.search);
  show(Object.fromEntries(["from", "to", "days"].filter((name) => query.get(name)).map((name) => [name, query.get(name)])));
});
days.addEventListener("change", () => days.value && show({ days: days.value }));
for (const field of [from, to]) field.addEventListener("change", () => from.value && to.value && show({ from: from.value, to: to.value }));
addEventListener("resize", () => data && charts.forEach((chart) => chart.draw()));
