// The KPI panel of one customer, with the login that the wallboard of this tab has.
import { ask, basic, find, make, put, vendorToken } from "./common.js";

const form = find("#login");
const whose = find("#whose");
let login = JSON.parse(sessionStorage.getItem("wallboard") || "null");

function row({ depth, text, mark, color }) {
  const item = make("li", { class: `depth-${depth}` }, text);
  if (mark) item.append(make("span", { class: `mark ${color}` }, mark));
  return item;
}

async function show() {
  try {
    const { access_token: token } = await vendorToken(login && basic(...login));
    form.hidden = true;
    find("#shown").hidden = false;
    const wanted = new URLSearchParams({ customerId: whose.customer_id.value.trim() });
    const answer = await ask(`/panel/rows?${wanted}`, { headers: { Authorization: `Bearer ${token}` } });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.detail);
    find("#customers").replaceChildren(...told.customers.map((each) => make("option", { value: each.customer_id }, each.name)));
    if (!whose.customer_id.value) {
      whose.customer_id.value = told.customers[0].customer_id;
      return show();
    }
    find("#rows").replaceChildren(...told.rows.map(row));
    return put(find("#said"), `Customer ${whose.customer_id.value} of ${told.client_id}`);
  } catch (error) {
    if (error.status !== 401) return put(find("#said"), `▲ ${error.message}`);
    form.hidden = false;
    return put(find("#refused"), error.message);
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  login = [form.client_id.value, form.client_secret.value];
  sessionStorage.setItem("wallboard", JSON.stringify(login));
  show();
});
whose.addEventListener("submit", (event) => { event.preventDefault(); show(); });
if (login || form.dataset.local === "yes") show();
else form.hidden = false;
