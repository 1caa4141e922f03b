// Reads KPN's API as any dashboard would: with a bearer token and the ETag of the last answer.
import { request, find } from "./common.js";

const KINDS = find("#wallboard").dataset.kinds.split(" ");
const PATIENCE = 8000;

export class DashboardClient {
  constructor(token) {
    this.token = token;
    this.data = {};
    this.tags = {};
    this.instant = "";
    this.replay = "";
    this.goodAt = Date.now();
    this.complaint = "";
    this.refused = false;
  }

  // Resolves to whether all three answers were good.
  async all() {
    this.refused = false;
    const complaints = await Promise.all(KINDS.map((kind) => this.one(kind)));
    this.complaint = complaints.find((text) => text) || "";
    if (!this.complaint) this.goodAt = Date.now();
    return !this.complaint;
  }

  async one(kind) {
    const headers = { Authorization: `Bearer ${this.token}` };
    if (this.tags[kind]) headers["If-None-Match"] = this.tags[kind];
    let answer;
    try {
      answer = await request(`/${kind}`, { headers, signal: AbortSignal.timeout(PATIENCE) });
      if (answer.status === 304) return this.noted(answer);
      const body = await answer.json();
      if (answer.ok) {
        if (!body.DataSet) return `GET /${kind} answered ${answer.status} without data.`;
        this.data[kind] = body.DataSet[kind];
        this.tags[kind] = answer.headers.get("ETag");
        return this.noted(answer);
      }
      return this.refusal(kind, answer, body);
    } catch (error) {
      const slow = error.name === "TimeoutError";
      return slow ? `GET /${kind} has not answered for ${PATIENCE / 1000} s.` : `GET /${kind} gave no readable answer${
        answer ? ` (status ${answer.status})` : ": the connection broke"}.`;
    }
  }

  noted(answer) {
    this.instant = answer.headers.get("X-Sandbox-Time") || this.instant;
    this.replay = (answer.headers.get("X-Sandbox-Replay") || "").replace(/; at=.*/, "");
    return "";
  }

  refusal(kind, answer, body) {
    const text = body.fault?.faultstring || (typeof body.Error === "string" ? body.Error : "") || body.fault?.detail?.errorcode || "";
    if (answer.status === 401) this.refused = true;
    const sort = answer.status === 401 ? "Token refused" : answer.status === 429 ? "Quota used up" : "Fault";
    return `${sort}: GET /${kind} answered ${answer.status}${text ? ` (${text})` : ""}.`;
  }

  async frame() {
    const answer = await request("/wallboard/day", { headers: { Authorization: `Bearer ${this.token}` } });
    return answer.ok ? answer.json() : null;
  }
}
