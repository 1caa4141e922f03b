// The login of pages that only show data; at the sandbox's own machine the demo account needs none.
import { find, put } from "./common.js";
import { storeLogin, storedLogin } from "./page_data.js";

// Calls `begin` with the login, or null; returns what takes an error, and shows the form for one of the login.
export function usePageLogin(form, begin) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const login = { id: form.client_id.value, secret: form.client_secret.value };
    storeLogin(login);
    begin(login);
  });
  const login = storedLogin();
  if (login || form.dataset.local === "yes") queueMicrotask(() => begin(login));
  else form.hidden = false;
  return (error) => {
    if (error.status !== 401) return false;
    form.hidden = false;
    put(find("#refused"), error.message);
    return true;
  };
}
