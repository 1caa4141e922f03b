// The profile as a form; only what was changed is sent, as a JSON merge patch.
import { find, put } from "./common.js";

let known = {};

const spelled = (value) => (typeof value === "string" ? value : JSON.stringify(value));

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

// The instant from which the profile counts is empty for one that always counted.
export function showProfile(profile, effectiveFrom) {
  known = profile;
  put(find("#profile-period"), `This profile counts ${effectiveFrom ? `from ${effectiveFrom} on` : "always"}.`);
  for (const [name, value] of Object.entries(profile)) {
    const field = find("#profile").elements[name];
    if (field && field !== document.activeElement) field.value = value === null ? "" : spelled(value);
  }
}

export function profilePatch() {
  const form = find("#profile");
  const patch = {};
  for (const [name, value] of Object.entries(known)) {
    const text = form.elements[name].value;
    if (text !== (value === null ? "" : spelled(value))) patch[name] = meant(text, value);
  }
  return ["PATCH", `/profile?effective=${form.elements["!effective"].value}`, patch];
}
