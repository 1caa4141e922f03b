// Instants as the center's clock shows them: Amsterdam's time, wherever the browser is.

const format = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Amsterdam", dateStyle: "short", timeStyle: "medium" });

// Date and time of an instant in milliseconds, like 2026-11-23T10:00:00.
export const localText = (at) => format.format(at).replace(" ", "T");

// The same, as short as it may be in an address.
export const shortText = (at) => localText(at).replace(/:00$/, "");

export const timeText = (at) => localText(at).slice(11, 16);
