// What all pages use. Text goes into the page as text only, never as HTML.
import { t } from "./words.js";

export const find = (selector, within = document) => within.querySelector(selector);

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

const NAMESPACE = "http://www.w3.org/2000/svg";

export function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// Writes only what differs, so that screen readers and selections are left alone.
export function put(element, text) {
  const string = String(text);
  if (element.textContent !== string) element.textContent = string;
}

// Items of a list made anew: who was at a button of one is at that of the one in its place, or at another button.
export function replaceItems(list, items, other) {
  const at = [...list.children].findIndex((item) => item.contains(document.activeElement));
  list.replaceChildren(...items);
  if (at >= 0) (find("button", items[Math.min(at, items.length - 1)] ?? list) ?? other).focus();
}

// The end of an axis: a round number that is high enough.
export function roundAbove(most) {
  const power = 10 ** Math.floor(Math.log10(Math.max(10, most)));
  return [1, 1.5, 2, 3, 4, 6, 8, 10].map((step) => step * power).find((each) => each >= most);
}

export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

export function enableCopyButtons(within) {
  for (const button of within.querySelectorAll("[data-copies]")) {
    button.addEventListener("click", async () => {
      await copy(document.getElementById(button.dataset.copies), button);
    });
  }
}

// Copies a text and says on the button what became of it; a text that cannot be copied is selected for the keyboard.
export async function copy(source, button) {
  const copied = await navigator.clipboard?.writeText(source.textContent).then(() => true, () => false) || copiedBySelection(source);
  const name = button.dataset.name ??= button.textContent;
  button.textContent = copied ? t("Copied") : t("Press Ctrl+C");
  setTimeout(() => { button.textContent = name; }, 2500);
}

// Other machines reach the pages without TLS, where there is no clipboard for scripts.
function copiedBySelection(source) {
  getSelection().selectAllChildren(source);
  return document.execCommand("copy");
}

export const basic = (user, secret) => {
  const bytes = new TextEncoder().encode(`${user}:${secret}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
};

// Requests go to this server only; the browser's login window never opens, because stored credentials are not used.
// Paths are relative to the page, so that pages work below the path of a proxy, too.
export const request = (path, options = {}) => fetch(path.replace(/^\//, ""), { credentials: "omit", cache: "no-store", ...options });
