// The KPI panel of one customer, with the login that the pages of this tab share.
import { find, make, put } from "./common.js";
import { t } from "./words.js";
import { PageData } from "./page_data.js";
import { usePageLogin } from "./page_login.js";

const form = find("#login");
const customer = find("#customer");
let login = null;

// Columns stand below each other: number, date, amount and status of documents, names and values of their fields.
function row({ depth, text, mark, color, cells }) {
  const colon = text.indexOf(": ");
  const columns = cells.length ? cells : depth > 1 && colon > 0 ? [text.slice(0, colon), text.slice(colon + 2)] : [text];
  const parts = columns.map((column) => make("span", {}, column));
  if (mark) parts.push(make("span", { class: `mark ${color}` }, mark));
  return make("span", { class: `depth-${depth} columns-${columns.length}` }, ...parts);
}

// The values of a document are folded away below it.
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
    const body = await new PageData(login).read("/panel/rows", { customerId: customer.customer_id.value.trim() });
    form.hidden = true;
    find("#customers").replaceChildren(...body.customers.map((each) => make("option", { value: each.customer_id }, each.name)));
    if (!customer.customer_id.value) {
      customer.customer_id.value = body.customers[0].customer_id;
      return show();
    }
    find("#rows").replaceChildren(...grouped(body.rows));
    return say(t("Customer {customer} of {account}", { customer: customer.customer_id.value, account: body.client_id }));
  } catch (error) {
    return refused(error) || say(`▲ ${error.message}`);
  }
}

// The page is shown when it has something to say, so that nothing moves.
function say(words) {
  put(find("#message"), words);
  find("#shown").hidden = false;
}

const refused = usePageLogin(form, (given) => {
  login = given;
  show();
});
customer.addEventListener("submit", (event) => { event.preventDefault(); show(); });
