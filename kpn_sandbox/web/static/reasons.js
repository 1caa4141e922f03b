// Why an answer is not the usual one: the reasons of the request log in words, with what to do.
import { t } from "./words.js";

const EXPLAINED = {
  "fault": [t("fault"), t("A fault plan of the account was due.")],
  "pin": [t("pin"), t("The answer shows values that are pinned.")],
  "Prefer header": [t("Prefer header"), t("The request itself asked for it by a Prefer header.")],
  "quota": [t("quota"), t("The quota was used up; Retry-After or the quota headers say when the next request may come.")],
  "reserved number": [t("reserved number"), t("Numbers that begin with 99 stand for a status: 99503 for 503.")],
  "unknown path": [t("unknown path"), t("No API has this path. Look for a wrong base path or a slash too many.")],
  "invalid request": [t("invalid request"), t("Something in the path, the query or the body is not as it must be; the answer says what.")],
  "sandbox error": [t("sandbox error"), t("The sandbox itself failed. Its log has the cause under the id of the request.")],
  "expired token": [t("expired token"), t("The access token was too old by the account's clock; request a new one.")],
  "revoked token": [t("revoked token"), t("The access token was revoked; request a new one.")],
  "unknown token": [t("unknown token"), t("No account has this token. Was it issued by another server or another API?")],
  "no token": [t("no token"), t("The request had no access token in its Authorization header.")],
  "invalid credentials": [t("invalid credentials"), t("Client id and secret do not belong together, or one is missing.")],
  "no valid session": [t("no valid session"), t("The session was missing, unknown or over; log in again.")],
  "unknown object": [t("unknown object"), t("The center has no object with this number.")],
  "malformed Prefer header": [t("malformed Prefer header"), t("The Prefer header could not be read.")],
  "precondition failed": [t("precondition failed"), t("If-Match named another version than the present one.")],
  "method not allowed": [t("method not allowed"), t("The path exists, but not with this method; Allow lists those it has.")],
  "body too large": [t("body too large"), t("The body was larger than 1 MB.")],
  "body too slow": [t("body too slow"), t("The body did not arrive in time.")],
  "malformed request": [t("malformed request"), t("The request was not well-formed HTTP.")],
  "database error": [t("database error"), t("The database did not answer in time.")],
  "forbidden": [t("forbidden"), t("The account may not do this.")],
};

// The parts of a reason, each with its name and an explanation; a reason of a later version stays as it is.
export const reasons = (text) => (text ? text.split("; ").map((each) => EXPLAINED[each] ?? [each, ""]) : []);

export const why = (text) => reasons(text).map(([name]) => name).join(", ");
