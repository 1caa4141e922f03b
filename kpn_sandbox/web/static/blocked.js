// What a client would get now, in the language of the page; the server says it in English.
import { t } from "./words.js";

const PHRASES = [
  [/^Every request/, () => t("Every request")],
  [/the quota is used up until (\S+)/, (_, time) => t("the quota is used up until {time}", { time })],
  [/fault, (\d+) left/, (_, count) => t("fault, {count} left", { count })],
  [/fault, repeated/, () => t("fault, repeated")],
  [/fault, by chance/, () => t("fault, by chance")],
  [/broken connection \((\S+)\)/, (_, kind) => t("broken connection ({kind})", { kind })],
  [/after ([\d.]+) s/, (_, seconds) => t("after {seconds} s", { seconds })],
  [/the usual answer with other headers or body/, () => t("the usual answer with other headers or body")],
  [/the usual answer/, () => t("the usual answer")],
];

const translated = (text) => PHRASES.reduce((words, [pattern, phrase]) => words.replace(pattern, phrase), text);

// What happens to a request, in short.
export const blockedText = ({ request, text }) => [translated(request), translated(text)];
