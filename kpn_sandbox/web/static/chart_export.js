// Charts as files: their figures as CSV, their picture as PNG.
import { make } from "./common.js";

const STYLES = ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-family", "font-size", "font-weight", "text-anchor"];
const SCALE = 2;

export function save(blob, name) {
  const url = URL.createObjectURL(blob);
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

// A text that a spreadsheet would take for a formula gets an apostrophe.
function cell(value) {
  const text = String(value ?? "");
  const safe = typeof value === "string" && /^[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",\n;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

// Rows are lists of cells, the heads first (RFC 4180).
export function saveCsv(rows, name) {
  const text = rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
  save(new Blob([text], { type: "text/csv;charset=utf-8" }), name);
}

// A picture knows nothing of the style sheet, so each element is given the styles that it has on the page.
function styled(svg) {
  const copy = svg.cloneNode(true);
  const originals = [svg, ...svg.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((element, place) => {
    const computed = getComputedStyle(originals[place]);
    for (const name of STYLES) element.setAttribute(name, computed.getPropertyValue(name));
  });
  const { width, height } = svg.viewBox.baseVal;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  return { width, height, text: new XMLSerializer().serializeToString(copy) };
}

export async function savePng(svg, name) {
  const { width, height, text } = styled(svg);
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await picture.decode();
  const canvas = make("canvas", { width: width * SCALE, height: height * SCALE });
  const context = canvas.getContext("2d");
  context.fillStyle = getComputedStyle(svg.closest(".panel, dialog") ?? document.body).backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  save(await new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); }), name);
}
