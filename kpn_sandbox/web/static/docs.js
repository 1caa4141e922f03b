// Swagger UI with a choice of the APIs; the address has the choice, so that it can be linked to.
addEventListener("DOMContentLoaded", () => {
  const choice = document.getElementById("api");
  const named = new URLSearchParams(location.search).get("api");
  if ([...choice.options].some((option) => option.value === named)) choice.value = named;
  choice.addEventListener("change", () => { location.search = `?api=${encodeURIComponent(choice.value)}`; });
  window.ui = SwaggerUIBundle({
    url: `openapi/${choice.value}.json`,
    dom_id: "#swagger-ui",
    presets: [SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    deepLinking: true,
    displayRequestDuration: true,
    // The public validator would be called otherwise, and nothing leaves this server.
    validatorUrl: null,
    tryItOutEnabled: true,
  });
});
