// What differs between the rows of two answers of KPN's API: objects by their number, fields by their name.
const KEYS = { agents: "Logid", queues: "Number", trunks: "Number" };
const NAMES = { agents: "Agent", queues: "Name", trunks: "Name" };
const DURATION = /time$|^LongestWaitingCall$/i;
const MOST_PORTS = 8;

export const keyOf = (kind) => KEYS[kind];
export const nameOf = (kind) => NAMES[kind];

// Ports are a list in a row; those with another state are one field of it.
function portsThatDiffer(left, right) {
  const before = new Map((left?.Ports ?? []).map((port) => [port.Number, port]));
  return (right?.Ports ?? []).filter((port) => JSON.stringify(before.get(port.Number)) !== JSON.stringify(port)).map((port) => port.Number);
}

function fieldsOf(kind, left, right, durations) {
  const names = Object.keys(left ?? right).filter((name) => name !== KEYS[kind] && !Array.isArray((left ?? right)[name]));
  const changes = {};
  for (const name of names) {
    const [before, after] = [left?.[name] ?? null, right?.[name] ?? null];
    if (before !== after && (durations || !DURATION.test(name))) changes[name] = { before, after };
  }
  const ports = left && right ? portsThatDiffer(left, right) : [];
  if (ports.length) changes.Ports = { before: null, after: `${ports.slice(0, MOST_PORTS).join(", ")}${ports.length > MOST_PORTS ? " …" : ""}`, count: ports.length };
  return changes;
}

// Returns the objects that differ, each with the fields that do, in the order of their numbers.
export function differences(kind, left, right, durations) {
  const key = KEYS[kind];
  const [before, after] = [left, right].map((rows) => new Map(rows.map((row) => [row[key], row])));
  const numbers = [...new Set([...before.keys(), ...after.keys()])].sort((one, other) => one - other);
  return numbers.map((number) => {
    const [one, other] = [before.get(number), after.get(number)];
    const side = one && other ? "both" : one ? "left" : "right";
    return { number, name: (one ?? other)[NAMES[kind]], side, left: one, right: other, changes: fieldsOf(kind, one, other, durations) };
  }).filter((each) => each.side !== "both" || Object.keys(each.changes).length);
}
