// HTTP Digest with MD5, which browsers only do in a login window of their own (RFC 7616, RFC 1321).
import { request } from "./common.js";

const SHIFTS = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
const SINES = Array.from({ length: 64 }, (_, place) => Math.floor(Math.abs(Math.sin(place + 1)) * 2 ** 32));
const MIXES = [
  [(b, c, d) => (b & c) | (~b & d), (place) => place],
  [(b, c, d) => (d & b) | (~d & c), (place) => (5 * place + 1) % 16],
  [(b, c, d) => b ^ c ^ d, (place) => (3 * place + 5) % 16],
  [(b, c, d) => c ^ (b | ~d), (place) => (7 * place) % 16],
];

function padded(text) {
  const bytes = new TextEncoder().encode(text);
  const block = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  block.set(bytes);
  block[bytes.length] = 0x80;
  const view = new DataView(block.buffer);
  view.setUint32(block.length - 8, bytes.length * 8, true);
  return view;
}

function md5(text) {
  const view = padded(text);
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let start = 0; start < view.byteLength; start += 64) {
    let [a, b, c, d] = state;
    for (let place = 0; place < 64; place += 1) {
      const round = place >> 4;
      const [mix, index] = MIXES[round];
      const sum = (a + mix(b, c, d) + SINES[place] + view.getUint32(start + 4 * index(place), true)) | 0;
      const shift = SHIFTS[round][place % 4];
      [a, b, c, d] = [d, (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0, b, c];
    }
    [a, b, c, d].forEach((value, place) => { state[place] = (state[place] + value) | 0; });
  }
  const result = new DataView(new ArrayBuffer(16));
  state.forEach((value, place) => result.setInt32(4 * place, value, true));
  return Array.from(new Uint8Array(result.buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The challenge comes from a request without credentials, as for every client.
export async function digestAuthorization(method, path, { id, secret }) {
  const challenge = (await request(path, { method })).headers.get("WWW-Authenticate") || "";
  const given = (name) => challenge.match(new RegExp(`${name}="?([^",]+)`))?.[1] ?? "";
  const uri = new URL(path.replace(/^\//, ""), document.baseURI);
  const target = uri.pathname + uri.search;
  const [nonce, cnonce, count] = [given("nonce"), crypto.getRandomValues(new Uint32Array(2)).join(""), "00000001"];
  const response = md5([md5(`${id}:${given("realm")}:${secret}`), nonce, count, cnonce, "auth", md5(`${method}:${target}`)].join(":"));
  const quoted = { username: id, realm: given("realm"), nonce, uri: target, response, cnonce };
  return `Digest ${Object.entries(quoted).map(([name, value]) => `${name}="${value}"`).join(", ")}, qop=auth, nc=${count}, algorithm=MD5`;
}
