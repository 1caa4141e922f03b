// The login of pages that use the control API: an account's secret or the administrator's token, kept in this tab.
import { withAccount } from "./accounts.js";
import { find, put } from "./common.js";
import { t } from "./words.js";
import { ControlClient } from "./control_client.js";
import { storeLogin, storedLogin } from "./page_data.js";

const LOGGED_OUT = "logged-out";

// Calls `begin` with the client once its credentials are known to be right; returns what logs in with others.
export function useLogin(form, begin) {
  const attempt = async (given) => {
    try {
      const login = await withAccount(given);
      const client = new ControlClient(login);
      await client.call("GET", "");
      storeLogin(login);
      sessionStorage.removeItem(LOGGED_OUT);
      put(find("#refused"), "");
      put(find("#logged-in"), login.token ? t("{account}, by the administrator", { account: login.id }) : login.id);
      form.hidden = true;
      find("#log-out").hidden = false;
      await begin(client, login);
    } catch (error) {
      storeLogin(null);
      form.hidden = false;
      put(find("#refused"), error.message);
    }
  };
  const typed = () => ({ id: form.client_id.value, secret: form.client_secret.value, token: form.admin_token.value });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(typed());
  });
  find("#log-out").addEventListener("click", () => {
    storeLogin(null);
    sessionStorage.setItem(LOGGED_OUT, "yes");
    location.reload();
  });
  const stored = storedLogin();
  // The page's own module has to be read to its end first.
  if (stored) queueMicrotask(() => attempt(stored));
  else if (!sessionStorage.getItem(LOGGED_OUT) && form.dataset.demo === "yes") queueMicrotask(() => attempt(typed()));
  else form.hidden = false;
  return attempt;
}
