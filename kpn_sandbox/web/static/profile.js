// The profile as a form; only what was changed is sent, as a JSON merge patch.
import { find, put } from "./common.js";
import { t } from "./words.js";

let known = {};

const spelled = (value) => (value === null || value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value));

// A text stays a text, everything else is JSON; nothing typed means null, which is the default.
function meant(text, before) {
  if (text.trim() === "") return null;
  if (typeof before === "string") return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

// The instant from which the profile counts is empty for one that always counted. What is being typed stays.
export function showProfile(profile, effectiveFrom) {
  const from = effectiveFrom && `${effectiveFrom.slice(0, 10)} ${effectiveFrom.slice(11, 19)}`;
  put(find("#profile-period"), from ? t("counts from {from} on", { from }) : t("counts always"));
  for (const [name, value] of Object.entries(profile)) {
    const field = find("#profile").elements[name];
    if (field && (field.value === spelled(known[name]) || !(name in known))) field.value = spelled(value);
  }
  known = profile;
}

// After a change the form shows what the server made of it.
export function forgetTyped() { known = {}; }

export function connectProfile(actions) {
  const form = find("#profile");
  actions.form(form, () => {
    const patch = {};
    for (const [name, value] of Object.entries(known)) {
      const text = form.elements[name].value;
      if (text !== spelled(value)) patch[name] = meant(text, value);
    }
    const changed = Object.keys(patch).length;
    const said = changed ? () => { forgetTyped(); return t("{count} field is changed.|{count} fields are changed.", { count: changed }); } : t("Nothing was changed: no field differs.");
    return { method: "PATCH", path: `/profile?effective=${form.elements["!effective"].value}`, body: patch, said };
  });
}
