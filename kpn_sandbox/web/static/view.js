// The instant that a page shows: the account's own, or one of its own that changes nothing of the account.
import { addressed } from "./page_data.js";
import { shortText } from "./local_time.js";

export class View {
  constructor() { Object.assign(this, { at: null, speed: 0, since: 0, given: addressed() }); }

  // Whether the page shows something else than the account as it is now.
  get own() { return this.at !== null || Object.keys(this.given).some((name) => name !== "account"); }

  get now() { return this.at + this.speed * (Date.now() - this.since); }

  // What to ask for; an instant of the address may be written in several ways, which only the server knows.
  get parameters() { return this.at === null ? this.given : { ...this.given, at: new Date(this.now).toISOString().slice(0, 19) + "Z" }; }

  seek(at) {
    Object.assign(this, { at, since: Date.now() });
    this.address();
  }

  play(from, speed) {
    Object.assign(this, { at: from, speed, since: Date.now() });
    if (!speed) this.address();
  }

  follow() {
    const { account } = this.given;
    Object.assign(this, { at: null, speed: 0, given: account ? { account } : {} });
    history.replaceState(null, "", this.link({ at: null, scenario: null, seed: null }));
  }

  // The address always shows the same again.
  address() { history.replaceState(null, "", this.link({ at: shortText(this.at) })); }

  // The page's address with other parameters; null leaves one out.
  link(changes) {
    const url = new URL(location.href);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    }
    url.search = url.search.replaceAll("%3A", ":");
    return url.href;
  }
}
