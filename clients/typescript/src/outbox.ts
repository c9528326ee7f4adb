/* Mutations on their way: in order, each until it is answered. What is made offline waits; what was sent when the
   connection broke is sent again with its idempotency key, so that it happens once. */
import { CrmError } from "./errors.js";
import type { Incoming, Outgoing } from "./types.js";

/** Where the queue outlives the page or the app: localStorage and React Native's AsyncStorage fit. */
export interface Storage {
  getItem(key: string): string | null | Promise<string | null>;
  setItem(key: string, value: string): unknown;
}

export interface Pending {
  id: string;
  name: string;
  args: unknown;
  key: string;
  /** Milliseconds since 1970. The server remembers a key for 24 hours: what is older may not be sent. */
  at: number;
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: CrmError): void;
}

export interface OutboxEvents {
  send(message: Outgoing): boolean;
  /** A mutation will not happen: its optimistic layer goes. */
  onRefused(id: string): void;
  onCount(): void;
}

const OLDEST = 23 * 3600_000;
/** Sent and unanswered at a time; the server takes 16. */
const WINDOW = 8;
const STORED_AS = "crm.outbox";

export class Outbox {
  private readonly queue: Pending[] = [];
  private readonly waiting = new Map<string, Waiting>();
  private sent = 0;
  private isOpen = false;
  private turn = 0;
  private readonly loaded: Promise<void>;

  constructor(
    private readonly events: OutboxEvents,
    private readonly storage: Storage | undefined,
  ) {
    this.loaded = this.load();
  }

  /** How many mutations are not answered yet. */
  get count(): number {
    return this.queue.length;
  }

  holds(id: string): boolean {
    return this.queue.some((pending) => pending.id === id);
  }

  add(pending: Pending): Promise<unknown> {
    const done = new Promise((resolve, reject) => this.waiting.set(pending.id, { resolve, reject }));
    this.queue.push(pending);
    this.changed();
    this.flush();
    return done;
  }

  /** The server listens: send everything unanswered, from the first on. */
  async open(): Promise<void> {
    const turn = (this.turn += 1);
    await this.loaded; // what was stored goes first
    if (turn !== this.turn) return;
    this.isOpen = true;
    this.sent = 0;
    this.flush();
  }

  lost(): void {
    this.turn += 1;
    this.isOpen = false;
    this.sent = 0;
  }

  /** The answer to a mutation; false if the message is about something else. */
  take(message: Extract<Incoming, { type: "result" | "error" }>): boolean {
    const at = this.queue.findIndex((pending) => pending.id === message.id);
    if (at < 0) return false;
    const error = message.error && new CrmError(message.error);
    if (message.type === "error" && error?.code === "rate_limited") {
      this.lost();
      setTimeout(() => void this.open(), 1000 * (error.retryAfter ?? 1));
      return true;
    }
    this.sent -= 1;
    this.finish(at, error, message.type === "result" ? message.result : undefined);
    this.flush();
    return true;
  }

  private finish(at: number, error: CrmError | undefined, result?: unknown): void {
    const [pending] = this.queue.splice(at, 1);
    if (!pending) return;
    const waiting = this.waiting.get(pending.id);
    this.waiting.delete(pending.id);
    if (error) this.events.onRefused(pending.id);
    if (error) waiting?.reject(error);
    else waiting?.resolve(result);
    this.changed();
  }

  private flush(): void {
    while (this.isOpen && this.sent < Math.min(WINDOW, this.queue.length)) {
      const { id, name, args, key, at } = this.queue[this.sent]!;
      if (Date.now() - at > OLDEST) {
        this.finish(this.sent, expired());
        continue;
      }
      if (!this.events.send({ type: "call", id, function: name, args, idempotency_key: key })) return;
      this.sent += 1;
    }
  }

  private async load(): Promise<void> {
    const stored = await this.stored();
    this.queue.unshift(...stored);
    if (stored.length) this.events.onCount();
  }

  /** What was left by the last run; nothing where storage fails or holds something else: new ones go on all the same. */
  private async stored(): Promise<Pending[]> {
    try {
      const found: unknown = JSON.parse((await this.storage?.getItem(STORED_AS)) ?? "[]");
      return Array.isArray(found) ? (found as Pending[]) : [];
    } catch {
      return [];
    }
  }

  private changed(): void {
    this.events.onCount();
    void this.loaded.then(() => this.storage?.setItem(STORED_AS, JSON.stringify(this.queue)));
  }
}

function expired(): CrmError {
  const detail = "This was made offline more than 23 hours ago and was not sent: do it again.";
  return new CrmError({ code: "expired", status: 0, title: "Too old to be sent", detail });
}
