// Texts in the language of the page; English ones are the keys. The page has loaded the others as `globalThis.words`.

export const language = document.documentElement.lang;

// A text with a count has its forms for one and for several with a bar between.
export function t(text, values = {}) {
  const forms = (globalThis.words?.[text] ?? text).split("|");
  const form = values.count === 1 ? forms[0] : forms.at(-1);
  return form.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export const number = (value, digits = 0) => Number(value).toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
