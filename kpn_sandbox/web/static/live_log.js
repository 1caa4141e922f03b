// The request log as it grows: server-sent events, or looks once a second where the server answers in JSON.
import { request } from "./common.js";

const LOOK_EVERY = 1000;
const RETRY_EVERY = 2000;

export class LiveLog {
  // The browser's own EventSource could not send the credentials, so its format is read here.
  constructor({ authorization, owners, received, state }) {
    Object.assign(this, { authorization, owners, received, state, cursor: "" });
    this.stopped = new AbortController();
    // A browser allows a server six connections: a tab that nobody sees gives its own back.
    document.addEventListener("visibilitychange", () => (document.hidden ? this.pause() : this.start()), { signal: this.stopped.signal });
    this.start();
  }

  start() {
    if (this.running || this.stopped.signal.aborted || document.hidden) return;
    this.running = new AbortController();
    this.follow(this.running.signal);
  }

  pause() {
    this.running?.abort();
    this.running = null;
  }

  stop() {
    this.pause();
    this.stopped.abort();
  }

  async follow(signal) {
    while (!signal.aborted) {
      let wait = RETRY_EVERY;
      try {
        wait = await this.once(signal);
      } catch (error) {
        if (signal.aborted) return;
        this.state("lost", error);
        if (error.status && error.status < 500) return;
      }
      await new Promise((resolve) => { setTimeout(resolve, wait); });
    }
  }

  // Resolves to the pause before the next request.
  async once(signal) {
    const query = new URLSearchParams({ ...this.owners, ...(this.cursor ? { cursor: this.cursor } : {}) });
    const answer = await request(`/requests/live?${query}`, { signal, headers: { Authorization: this.authorization, Accept: "text/event-stream, application/json" } });
    if (!answer.ok) {
      const body = await answer.json().catch(() => ({}));
      throw Object.assign(new Error(body.detail || `Status ${answer.status}`), { status: answer.status });
    }
    if (answer.headers.get("Content-Type") !== "text/event-stream") {
      this.state("polling");
      this.take(await answer.json());
      return LOOK_EVERY;
    }
    this.state("live");
    await this.read(answer.body.pipeThrough(new TextDecoderStream()).getReader());
    return RETRY_EVERY;
  }

  async read(reader) {
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = (text + value).split("\n\n");
      text = events.pop();
      for (const event of events) {
        const data = event.split("\n").find((line) => line.startsWith("data: "));
        if (data) this.take(JSON.parse(data.slice(6)));
      }
    }
  }

  take(news) {
    this.cursor = news.cursor;
    this.received(news);
  }
}
