/* One socket that stays: it says hello, comes back after every break, and tells its state. */
import type { ConnectionState, Incoming, Outgoing } from "./types.js";

export interface ConnectionOptions {
  url: string;
  key?: string | undefined;
  /** Gets a one-time ticket for each connection, where neither a key nor cookies can be used. */
  ticket?: (() => Promise<string>) | undefined;
  /** For machines without a WebSocket of their own: the class of the package "ws". */
  WebSocket?: WebSocketClass | undefined;
}

export interface WebSocketLike {
  readyState: number;
  onopen: ((event: any) => void) | null;
  onmessage: ((event: any) => void) | null;
  onclose: ((event: any) => void) | null;
  onerror: ((event: any) => void) | null;
  send(text: string): void;
  close(): void;
}
export type WebSocketClass = new (url: string) => WebSocketLike;

export interface ConnectionEvents {
  /** The server has said hello: whatever is followed has to be asked for anew. */
  onReady(): void;
  onMessage(message: Incoming): void;
  /** What was sent and not answered may or may not have arrived. */
  onLost(): void;
  onState(state: ConnectionState): void;
}

const PROTOCOL = 1;
const OPEN = 1;
const PING_EVERY = 25_000;
const SILENT_AFTER = 40_000;
const OPENS_WITHIN = 10_000;
const FIRST_PAUSE = 300;
const LONGEST_PAUSE = 20_000;
const OFFLINE_AFTER = 3;
/** Closing codes after which coming back would not help. */
const FOR_GOOD = new Set([4400, 4401, 4403, 4404]);
const TOO_MANY = 4429;

export class Connection {
  state: ConnectionState = "connecting";
  /** Why there is no connection; empty while there is one, or if nobody said. */
  reason = "";
  private socket: WebSocketLike | null = null;
  private failures = 0;
  private heardAt = 0;
  /** The epoch and the tick of the last transition: the server trusts no answer of another history. */
  private place: { epoch?: string; tick?: number } = {};
  private isReady = false;
  private isOver = false;
  private opening: ReturnType<typeof setTimeout> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private readonly beats: ReturnType<typeof setInterval>;
  private readonly stops: (() => void)[] = [];

  constructor(
    private readonly options: ConnectionOptions,
    private readonly events: ConnectionEvents,
  ) {
    this.beats = setInterval(() => this.beat(), PING_EVERY);
    this.listen("online", () => this.wake());
    this.listen("offline", () => this.setState("offline"));
    this.listen("pageshow", () => this.wake());
    this.connect();
  }

  /** Send now; false if there is nobody to send to. */
  send(message: Outgoing): boolean {
    if (!this.isReady || this.socket?.readyState !== OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  /** Try at once: the network is back, the app is in front again, the person has signed in anew. */
  wake(): void {
    this.isOver = false;
    if (this.socket && Date.now() - this.heardAt > SILENT_AFTER) this.drop();
    if (this.isReady) {
      this.setState("live");
      this.send({ type: "ping" });
    } else if (!this.socket) this.connect();
  }

  /** End it. */
  close(): void {
    this.isOver = true;
    clearInterval(this.beats);
    for (const stop of this.stops) stop();
    this.drop();
    this.setState("closed");
  }

  private listen(name: string, listener: () => void): void {
    const target = globalThis as { addEventListener?: Function; removeEventListener?: Function };
    if (typeof target.addEventListener !== "function") return;
    target.addEventListener(name, listener);
    this.stops.push(() => target.removeEventListener?.(name, listener));
  }

  private connect(): void {
    stopTimer(this.retry);
    if (this.isOver) return;
    this.setState(this.failures ? this.broken() : "connecting");
    const Socket = this.options.WebSocket ?? (globalThis.WebSocket as unknown as WebSocketClass | undefined);
    if (!Socket) throw new Error("There is no WebSocket here: give one as an option (the package ws).");
    const socket = new Socket(`${this.options.url.replace(/^http/, "ws")}/ws`);
    this.socket = socket;
    socket.onopen = () => void this.hello(socket);
    socket.onmessage = (event: { data: string }) => socket === this.socket && this.take(JSON.parse(event.data));
    socket.onclose = (event: { code: number; reason: string }) => socket === this.socket && this.lost(event);
    socket.onerror = (event: unknown) => this.noteReason(event); // a close follows
    // A network that swallows everything would keep one waiting for a minute or two.
    stopTimer(this.opening);
    this.opening = setTimeout(() => {
      if (socket === this.socket && !this.isReady) this.lost({ code: 1006, reason: "" });
    }, OPENS_WITHIN);
  }

  private async hello(socket: WebSocketLike): Promise<void> {
    const { key, ticket } = this.options;
    try {
      const credential = ticket ? { ticket: await ticket() } : key ? { key } : {};
      if (socket === this.socket) {
        const hello = { type: "hello", protocol: PROTOCOL, patches: true, ...credential, ...this.place };
        socket.send(JSON.stringify(hello));
      }
    } catch {
      socket.close(); // no ticket: try again later
    }
  }

  private take(message: Incoming): void {
    this.heardAt = Date.now();
    if (message.type === "ready") {
      this.isReady = true;
      this.reason = "";
      this.failures = 0;
      this.events.onReady();
      this.setState("live");
    } else {
      if (message.type === "transition") this.place = { epoch: message.epoch, tick: message.tick };
      this.events.onMessage(message);
    }
  }

  private lost({ code, reason }: { code: number; reason: string }): void {
    this.drop();
    this.reason = reason || this.reason;
    if (FOR_GOOD.has(code)) {
      this.isOver = true;
      this.setState("closed");
      return;
    }
    this.failures += 1;
    this.setState(this.broken());
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (code === TOO_MANY ? 6 : this.failures));
    this.retry = setTimeout(() => this.connect(), pause * (0.5 + Math.random() / 2));
  }

  /** Browsers tell nothing; ``ws`` and React Native say what went wrong. */
  private noteReason(event: unknown): void {
    const said = (event as { message?: unknown } | undefined)?.message;
    if (typeof said === "string") this.reason = said;
  }

  private drop(): void {
    const { socket, isReady } = this;
    stopTimer(this.retry);
    stopTimer(this.opening);
    this.socket = null;
    this.isReady = false;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      if (socket.readyState <= OPEN) socket.close();
    }
    if (isReady) this.events.onLost();
  }

  private beat(): void {
    if (!this.isReady) return;
    if (Date.now() - this.heardAt > SILENT_AFTER) this.lost({ code: 1006, reason: "" });
    else this.send({ type: "ping" });
  }

  private broken(): ConnectionState {
    const isOffline = (globalThis as { navigator?: { onLine?: boolean } }).navigator?.onLine === false;
    return isOffline || this.failures > OFFLINE_AFTER ? "offline" : "reconnecting";
  }

  private setState(state: ConnectionState): void {
    if (state === this.state) return;
    this.state = state;
    this.events.onState(state);
  }
}

/** React Native's takes no ``undefined``. */
function stopTimer(timer: ReturnType<typeof setTimeout> | undefined): void {
  if (timer !== undefined) clearTimeout(timer);
}
