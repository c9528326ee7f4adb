/* One socket that stays: it says hello, sends the whole query set again after every break, and knows its state.
   The server answers a query whose hash still fits with "unchanged", so that coming back costs little. */

const PROTOCOL = 1;
const PING_EVERY = 25_000;
const SILENT_AFTER = 40_000;
const HIDDEN_FOR = 10 * 60_000;
const OPENS_WITHIN = 10_000;
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
  #opening = 0;
  #hiding = 0;
  #heardAt = 0;
  #place = {};
  #isReady = false;
  #isOver = false;

  /** events: locale() -> {language, time_zone}, onState(state), onChange(id, change), onPresence(id, members),
      onClosed(code, reason). */
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
  holds(id, asked) {
    return this.#queries.get(id)?.key === JSON.stringify(asked);
  }

  /** Follow what is asked for: {fragment, args} or {presence}; with the hash of what the page already shows. */
  subscribe(id, asked, hash) {
    this.#queries.set(id, { asked, hash, key: JSON.stringify(asked) });
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
    socket.onopen = () => this.#send({ type: "hello", protocol: PROTOCOL, ...this.#events.locale(), ...this.#place });
    socket.onmessage = (event) => this.#take(JSON.parse(event.data));
    socket.onclose = (event) => socket === this.#socket && this.#lost(event);
    // A network that swallows everything would keep the browser waiting for a minute or two.
    clearTimeout(this.#opening);
    this.#opening = setTimeout(() => socket === this.#socket && !this.#isReady && this.#fail(), OPENS_WITHIN);
  }

  #fail() {
    this.#drop();
    this.#lost({ code: 1006, reason: "" });
  }

  #take(message) {
    this.#heardAt = Date.now();
    if (message.type === "ready") {
      this.#isReady = true;
      this.#failures = 0;
      sessionStorage.removeItem("live-reloaded");
      this.#state("live");
      this.#ask([...this.#queries.keys()]);
    } else if (message.type === "transition") {
      this.#place = { epoch: message.epoch, tick: message.tick };
      for (const change of message.changes) this.#change(change);
    } else if (message.type === "presence") {
      if (this.#queries.has(message.id)) this.#events.onPresence(message.id, message.members);
    } else if (message.type === "error") this.#refused(message);
  }

  #refused({ id, error }) {
    console.warn("live:", id, error.code, error.detail);
    if (error.code !== "rate_limited" || !this.#queries.has(id)) return;
    setTimeout(() => this.#isReady && this.#queries.has(id) && this.#ask([id]), 1000 * (error.retry_after ?? 1));
  }

  #change(change) {
    const query = this.#queries.get(change.id);
    if (!query) return;
    query.hash = change.hash;
    this.#events.onChange(change.id, change);
  }

  #ask(ids) {
    const queries = ids.map((id) => {
      const { asked, hash } = this.#queries.get(id);
      return { id, ...asked, ...(asked.fragment ? { hash } : {}) };
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
    if (Date.now() - this.#heardAt > SILENT_AFTER) this.#fail();
    else this.#send({ type: "ping" });
  }

  #broken() {
    return navigator.onLine === false || this.#failures > 3 ? "offline" : "reconnecting";
  }

  #state(state) {
    if (!this.#isOver || state === "closed") this.#events.onState(state);
  }
}
