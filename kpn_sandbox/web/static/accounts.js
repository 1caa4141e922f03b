// The administrator's choice of accounts: open one, make one, delete one.
import { find, make, put } from "./common.js";
import { ControlClient } from "./control_client.js";
import { t } from "./words.js";

const ALL = "/_sandbox/accounts";
const MOST = 1000;

const listed = async (client) => (await client.call("GET", `${ALL}?limit=${MOST}`)).accounts.map((each) => each.client_id);

export class AccountPicker {
  // `open` opens an account by its id, with the same token; `settled` resolves when nobody looks at the one that is open.
  constructor(actions, open, settled) {
    Object.assign(this, { actions, open, settled });
    this.select = find("#accounts");
    this.dialog = find("#account-dialog");
    this.drop = find("#drop-dialog");
    this.select.addEventListener("change", () => open(this.select.value));
    find("#new-account").addEventListener("click", () => { find("#made").hidden = true; this.dialog.showModal(); });
    const form = find("#account-form");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      await this.create(form);
    });
    find("#drop-account").addEventListener("click", () => {
      put(find("#drop-text"), t("{account} goes with all that belongs to it: clock, pins, faults, request log.", { account: actions.client.id }));
      this.drop.returnValue = "no";
      this.drop.showModal();
    });
    this.drop.addEventListener("close", () => { if (this.drop.returnValue === "yes") this.remove(); });
  }

  async show() {
    const { client } = this.actions;
    const isAdministrator = Boolean(client.login.token);
    find("#picker").hidden = !isAdministrator;
    if (!isAdministrator) return;
    const ids = await listed(client);
    this.select.replaceChildren(...ids.map((id) => make("option", {}, id)));
    this.select.value = client.id;
  }

  async create(form) {
    const { client_id: id, seed, agents, scenario } = form.elements;
    const body = { ...(id.value ? { client_id: id.value } : {}), ...(seed.value ? { seed: seed.value } : {}), scenario: scenario.value, ...(agents.value ? { profile: { agents: Number(agents.value) } } : {}) };
    const made = await this.actions.act(form, { method: "POST", path: ALL, body, said: (account) => t("{account} is made; its secret is shown this once.", { account: account.client_id }) });
    if (!made) return;
    put(find("#made-text"), JSON.stringify(made.credentials, null, 2));
    find("#made").hidden = false;
    await this.open(made.client_id);
  }

  async remove() {
    const { client } = this.actions;
    // Nobody may look at the account any more while it goes.
    this.actions.client = null;
    await this.settled();
    await client.call("DELETE", "");
    const [next] = await listed(client);
    if (!next) return location.reload();
    await this.open(next, client.login);
    return this.actions.say(find("[data-card=account]"), t("The account is deleted."));
  }
}

// The administrator need not name an account to begin with.
export async function withAccount(login) {
  if (!login.token || login.id) return login;
  const [first] = await listed(new ControlClient(login));
  return { ...login, id: first ?? "" };
}
