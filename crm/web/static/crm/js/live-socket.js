/* One socket that stays: it says hello, sends the whole query set again after every break, and knows its state.
   The server answers a query whose hash still fits with "unchanged", so that coming back costs little. */

const PROTOCOL = 1;
const PING_EVERY = 25_000;
const SILENT_AFTER = 40_000;
const HIDDEN_FOR = 10 * 60_000;
const FIRST_PAUSE = 300;
const LONGEST_PAUSE = 20_000;
const CLOSED_FOR_GOOD = new Set([4401, 4403, 4404]);
const OTHER_VERSION = 4400;
const TOO_MANY = 4429;

export class LiveSocket {
  #queries = new Map();
  #events;
  #socket = null;
  #failures = 0;
  #retry = 0;
  #hiding = 0;
  #heardAt = 0;
  #isReady = false;
  #isOver = false;

  /** events: locale() -> {language, time_zone}, onState(state), onChange(id, change), onClosed(code, reason). */
  constructor(events) {
    this.#events = events;
    setInterval(() => this.#beat(), PING_EVERY);
    addEventListener("online", () => this.#wakeUp());
    addEventListener("offline", () => this.#state("offline"));
    // A page in the back-forward cache may hold no socket; it catches up when it is shown again.
    addEventListener("pagehide", () => this.#drop());
    addEventListener("pageshow", (event) => event.persisted && this.#wakeUp());
    document.addEventListener("visibilitychange", () => this.#visibility());
  }

  /** Whether the id stands for just this query. */
  holds(id, fragment, args) {
    const query = this.#queries.get(id);
    return query !== undefined && query.fragment === fragment && query.args === (args || "{}");
  }

  /** Follow a fragment; query: {fragment, args (JSON), hash}. */
  subscribe(id, query) {
    this.#queries.set(id, query);
    if (this.#isReady) this.#ask([id]);
    else if (this.#socket === null && !this.#retry && this.#queries.size === 1) this.connect();
  }

  /** Stop following. */
  unsubscribe(id) {
    this.#queries.delete(id);
    if (this.#isReady) this.#send({ type: "unsubscribe", ids: [id] });
  }

  /** Open the socket unless it is open or the server has closed it for good. */
  connect() {
    clearTimeout(this.#retry);
    this.#retry = 0;
    if (this.#socket !== null || this.#isOver || !this.#queries.size) return;
    this.#state(this.#failures || this.#heardAt ? this.#broken() : "connecting");
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
    this.#socket = socket;
    socket.onopen = () => this.#send({ type: "hello", protocol: PROTOCOL, ...this.#events.locale() });
    socket.onmessage = (event) => this.#take(JSON.parse(event.data));
    socket.onclose = (event) => socket === this.#socket && this.#lost(event);
  }

  #take(message) {
    this.#heardAt = Date.now();
    if (message.type === "ready") {
      this.#isReady = true;
      this.#failures = 0;
      this.#state("live");
      this.#ask([...this.#queries.keys()]);
    } else if (message.type === "transition") {
      for (const change of message.changes) this.#change(change);
    } else if (message.type === "error") {
      console.warn("live:", message.id, message.error.code, message.error.detail);
    }
  }

  #change(change) {
    const query = this.#queries.get(change.id);
    if (!query) return;
    query.hash = change.hash;
    this.#events.onChange(change.id, change);
  }

  #ask(ids) {
    const queries = ids.map((id) => {
      const { fragment, args, hash } = this.#queries.get(id);
      return { id, fragment, args: JSON.parse(args), hash };
    });
    for (let at = 0; at < queries.length; at += 50) this.#send({ type: "subscribe", queries: queries.slice(at, at + 50) });
  }

  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #lost({ code, reason }) {
    this.#socket = null;
    this.#isReady = false;
    if (CLOSED_FOR_GOOD.has(code)) {
      this.#isOver = true;
      this.#state("closed");
      this.#events.onClosed(code, reason);
      return;
    }
    this.#failures += 1;
    this.#state(this.#broken());
    if (code === OTHER_VERSION) return this.#reloadOnce();
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (code === TOO_MANY ? 6 : this.#failures));
    this.#retry = setTimeout(() => this.connect(), pause * (0.5 + Math.random() / 2));
  }

  /* The server was updated and speaks another version: its new page brings the script that fits. */
  #reloadOnce() {
    if (sessionStorage.getItem("live-reloaded")) return;
    sessionStorage.setItem("live-reloaded", "1");
    location.reload();
  }

  /* Close without mourning: the page is hidden or the socket is dead. */
  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    this.#isReady = false;
    clearTimeout(this.#retry);
    this.#retry = 0;
    socket?.close();
  }

  #wakeUp() {
    clearTimeout(this.#hiding);
    if (this.#socket !== null && Date.now() - this.#heardAt > SILENT_AFTER) this.#drop();
    if (this.#isReady) {
      // The network came back and the socket has outlived its absence.
      this.#state("live");
      this.#send({ type: "ping" });
    }
    this.connect();
  }

  #visibility() {
    if (document.visibilityState === "visible") this.#wakeUp();
    else this.#hiding = setTimeout(() => this.#drop(), HIDDEN_FOR);
  }

  #beat() {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    if (Date.now() - this.#heardAt > SILENT_AFTER) {
      this.#drop();
      this.#failures += 1;
      this.connect();
    } else this.#send({ type: "ping" });
  }

  #broken() {
    return navigator.onLine === false || this.#failures > 3 ? "offline" : "reconnecting";
  }

  #state(state) {
    if (!this.#isOver || state === "closed") this.#events.onState(state);
  }
}
