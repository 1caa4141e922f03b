// The KPI panel of one customer, with the login that the wallboard of this tab has.
import { ask, basic, find, make, put, vendorToken } from "./common.js";

const form = find("#login");
const whose = find("#whose");
let login = JSON.parse(sessionStorage.getItem("wallboard") || "null");

function row({ depth, text, mark, color }) {
  const marks = mark ? [make("span", { class: `mark ${color}` }, mark)] : [];
  return make("span", { class: `depth-${depth}` }, text, ...marks);
}

// What belongs to a document is folded away below it.
function grouped(rows) {
  const list = [];
  for (const each of rows) {
    const last = list.at(-1);
    if (each.depth < 2 || !last) list.push(make("li", {}, row(each)));
    else {
      if (!last.querySelector("details")) last.replaceChildren(make("details", {}, make("summary", {}, ...last.childNodes)));
      last.firstChild.append(row(each));
    }
  }
  return list;
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
    find("#rows").replaceChildren(...grouped(told.rows));
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
