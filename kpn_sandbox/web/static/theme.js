// Theme and language. Loaded before the first paint, so that the page never flashes in the other theme.
(() => {
  const stored = localStorage.getItem("theme");
  if (stored) document.documentElement.dataset.theme = stored;
  addEventListener("DOMContentLoaded", () => {
    document.getElementById("theme").addEventListener("click", () => {
      const prefersDark = matchMedia("(prefers-color-scheme: dark)").matches;
      const now = document.documentElement.dataset.theme || (prefersDark ? "dark" : "light");
      const next = now === "dark" ? "light" : "dark";
      document.documentElement.dataset.theme = next;
      localStorage.setItem("theme", next);
    });
    // The link works without this; with it the choice is kept, and so is the rest of the address.
    document.getElementById("language").addEventListener("click", (event) => {
      event.preventDefault();
      document.cookie = `sandbox_language=${event.currentTarget.hreflang}; path=/; max-age=31536000; SameSite=Lax`;
      const url = new URL(location.href);
      url.searchParams.delete("lang");
      history.replaceState(null, "", url);
      location.reload();
    });
  });
})();
