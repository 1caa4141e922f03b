// What kind of screen shows the wallboard; `wallboard.css` has the same limits.

// Everything is on the screen at once, and queues take turns.
export const isWholeScreen = () => matchMedia("(min-width: 1400px) and (min-height: 800px)").matches;

// Letters are large enough to be read across a hall.
export const isHallDisplay = () => matchMedia("(min-width: 1600px) and (min-height: 850px)").matches;

const PAGE_SECONDS = 10;

// One page of what does not fit, and which part of it that is; pages turn every ten seconds.
export function currentPage(all, most) {
  const pages = Math.max(1, Math.ceil(all.length / Math.max(1, most)));
  const each = Math.ceil(all.length / pages);
  const first = (Math.floor(Date.now() / 1000 / PAGE_SECONDS) % pages) * each;
  const shown = all.slice(first, first + each);
  return { shown, each, pages, first: first + 1, last: first + shown.length };
}

const measure = document.createElement("canvas").getContext("2d");

// The width of a text in the font of the page, in ems.
export function widthOf(text, weight = 400) {
  measure.font = `${weight} 100px ${getComputedStyle(document.body).fontFamily}`;
  return measure.measureText(text).width / 100;
}
