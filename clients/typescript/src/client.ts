/* The client: live queries, mutations, presence and the feed of changes on one socket, single calls over REST. */
import { Connection, type WebSocketClass } from "./connection.js";
import { CrmError } from "./errors.js";
import type { RoutedFunction } from "./functions.js";
import { Outbox, type Storage } from "./outbox.js";
import { type CallOptions, Rest } from "./rest.js";
import { Answer, type Layer, type Shown, Store, type Update, keyOf } from "./store.js";
import type {
  Args, Change, ConnectionState, Given, Incoming, MutationName, Page, Place, QueryName, Result, Table, Viewer,
} from "./types.js";

export interface ClientOptions {
  /** Where the product answers: "https://acme.example.com". */
  url: string;
  /** An API key. Without key and ticket, cookies count: pages of the product itself. */
  key?: string;
  /** Gets a one-time ticket (POST /api/v1/me/live-ticket, by who holds a key) for each connection. */
  ticket?: () => Promise<string>;
  /** Where mutations wait while there is no connection, beyond the life of the page or app. */
  storage?: Storage;
  fetch?: typeof globalThis.fetch;
  WebSocket?: WebSocketClass;
}

/** A query's answer as it is now. */
export interface QueryState<N extends QueryName> {
  data: Result<N> | undefined;
  error: CrmError | undefined;
}

/** Something followed until ``close``. */
export interface Handle<T> {
  get(): T;
  subscribe(listener: () => void): () => void;
  close(): void;
}

/** Changes an answer ahead of the server; arguments choose which of the followed answers. */
export type Write = <N extends QueryName>(name: N, args: Args<N>, update: (data: Result<N>) => Result<N>) => void;

export interface MutateOptions {
  optimistic?: (write: Write) => void;
  /** One's own key; by default each mutation gets one. */
  idempotencyKey?: string;
}

/** An answer that nobody looks at any more is kept right for so long: the next screen often asks for it again. */
const KEEP_IDLE = 5_000;
const SUBSCRIBED_AT_ONCE = 50;

interface Follower {
  asked(): object;
  take(message: Incoming): void;
}

export class Client {
  private readonly store = new Store();
  private readonly users = new Map<Answer, number>();
  private readonly followers = new Map<string, Follower>();
  private readonly unacknowledged = new Set<string>();
  private readonly listeners = new Set<() => void>();
  private readonly asking = new Set<string>();
  private readonly outbox: Outbox;
  private readonly rest: Rest;
  private readonly connection: Connection;
  private numbers = 0;

  constructor(options: ClientOptions) {
    const url = options.url.replace(/\/$/, "");
    this.rest = new Rest({ ...options, url });
    this.outbox = new Outbox(
      {
        send: (message) => this.connection.send(message),
        onRefused: (id) => void this.store.take([], [id]),
        onCount: () => this.tell(),
      },
      options.storage,
    );
    this.connection = new Connection(
      { ...options, url },
      {
        onReady: () => this.ready(),
        onMessage: (message) => this.take(message),
        onLost: () => this.outbox.lost(),
        onState: () => this.tell(),
      },
    );
  }

  get state(): ConnectionState {
    return this.connection?.state ?? "connecting";
  }

  /** Why there is no connection, as far as the server or the network said: "This API key does not work." */
  get reason(): string {
    return this.connection?.reason ?? "";
  }

  /** Mutations that the server has not answered yet. */
  get pending(): number {
    return this.outbox?.count ?? 0;
  }

  /** Hear of changes of ``state`` and ``pending``. */
  onStatus(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Call once, over REST. */
  call<N extends RoutedFunction>(name: N, args: Given<N>[0], options?: CallOptions): Promise<Result<N>> {
    return this.rest.call(name, args, options);
  }

  /** Follow a query: its answer is always that of now, and stays while the connection is away. */
  query<N extends QueryName>(name: N, ...[args]: Given<N>): Handle<QueryState<N>> {
    const answer = this.answer(name, args ?? {});
    this.users.set(answer, (this.users.get(answer) ?? 0) + 1);
    let isOpen = true;
    return {
      get: () => answer.get() as Shown & QueryState<N>,
      subscribe: (listener) => {
        answer.listeners.add(listener);
        return () => answer.listeners.delete(listener);
      },
      close: () => {
        if (isOpen) this.release(answer);
        isOpen = false;
      },
    };
  }

  /** Run a mutation; offline it waits. Rejects with a CrmError if it is refused. */
  mutate<N extends MutationName>(name: N, args: Args<N>, options: MutateOptions = {}): Promise<Result<N>> {
    const id = this.number("m");
    if (options.optimistic) {
      this.store.put(layerOf(id, options.optimistic));
      this.unacknowledged.add(id);
    }
    const key = options.idempotencyKey ?? randomKey();
    return this.outbox.add({ id, name, args, key, at: Date.now() }) as Promise<Result<N>>;
  }

  /** Be seen at a record, and follow who else is there. */
  presence(object: Place["object"], record_id: number): Handle<readonly Viewer[]> {
    let members: readonly Viewer[] = [];
    const listeners = new Set<() => void>();
    const close = this.follow({
      asked: () => ({ presence: { object, record_id } }),
      take: (message) => {
        if (message.type !== "presence") return;
        members = message.members;
        for (const listener of [...listeners]) listener();
      },
    });
    const subscribe = (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    };
    return { get: () => members, subscribe, close };
  }

  /** Follow the feed of changes from a cursor on (docs/feed.md), through all breaks. */
  changes(
    asked: { tables?: Table[]; after?: string },
    onPage: (changes: Change[], cursor: string, page: Page) => void,
    onError: (error: CrmError) => void = () => undefined,
  ): () => void {
    let after = asked.after;
    return this.follow({
      asked: () => ({ changes: { ...(asked.tables && { tables: asked.tables }), ...(after && { after }) } }),
      take: (message) => {
        if (message.type === "error") return onError(new CrmError(message.error));
        if (message.type !== "changes") return;
        after = message.cursor;
        onPage(message.changes, message.cursor, message);
      },
    });
  }

  /** Connect at once: after signing in again, or when the app comes to the front. */
  wake(): void {
    this.connection.wake();
  }

  close(): void {
    this.connection.close();
  }

  private answer(name: string, args: object): Answer {
    const key = keyOf(name, args);
    const found = this.store.find(key);
    if (found) return found;
    const answer = new Answer(this.number("q"), key, name, args);
    this.store.add(answer);
    this.ask(answer.id);
    return answer;
  }

  private release(answer: Answer): void {
    this.users.set(answer, (this.users.get(answer) ?? 1) - 1);
    setTimeout(() => {
      if (this.users.get(answer) !== 0) return;
      this.users.delete(answer);
      this.store.remove(answer);
      this.forget(answer.id);
    }, KEEP_IDLE);
  }

  private follow(follower: Follower): () => void {
    const id = this.number("f");
    this.followers.set(id, follower);
    this.ask(id);
    return () => this.followers.delete(id) && this.forget(id);
  }

  private forget(id: string): void {
    if (!this.asking.delete(id)) this.connection.send({ type: "unsubscribe", ids: [id] });
  }

  /** Ask with all that is asked for in this turn of the event loop. */
  private ask(id: string): void {
    if (!this.asking.size) void Promise.resolve().then(() => this.askAll([...this.asking]));
    this.asking.add(id);
  }

  private askAnew(answer: Answer): void {
    answer.forget();
    this.connection.send({ type: "unsubscribe", ids: [answer.id] });
    this.ask(answer.id);
  }

  private askAll(ids: string[]): void {
    this.asking.clear();
    const queries = ids.flatMap((id) => this.asked(id) ?? []);
    for (let at = 0; at < queries.length; at += SUBSCRIBED_AT_ONCE) {
      this.connection.send({ type: "subscribe", queries: queries.slice(at, at + SUBSCRIBED_AT_ONCE) });
    }
  }

  private asked(id: string): object | undefined {
    const answer = this.store.get(id);
    if (answer) return { id, function: answer.name, args: answer.args, hash: answer.hash };
    const follower = this.followers.get(id);
    return follower && { id, ...follower.asked() };
  }

  private ready(): void {
    this.askAll([...[...this.store.all()].map((answer) => answer.id), ...this.followers.keys()]);
    // Their results have come, the transition with their effects has not: whatever is answered now includes them.
    for (const id of this.unacknowledged) if (!this.outbox.holds(id)) this.connection.send({ type: "sync", id });
    void this.outbox.open();
  }

  private take(message: Incoming): void {
    if (message.type === "transition") {
      for (const answer of this.store.take(message.changes, message.acks)) this.askAnew(answer);
      for (const id of message.acks) this.unacknowledged.delete(id);
    } else if (message.type === "changes" || message.type === "presence") {
      this.followers.get(message.id)?.take(message);
    } else if (message.type === "result") {
      this.outbox.take(message);
      if (message.error) this.unacknowledged.delete(message.id);
    } else if (message.type === "error") this.refused(message);
  }

  private refused(message: Extract<Incoming, { type: "error" }>): void {
    const { id, error } = message;
    if (id === null || this.outbox.take(message)) return;
    if (error.code === "rate_limited") {
      setTimeout(() => this.ask(id), 1000 * (error.retry_after ?? 1));
      return;
    }
    this.followers.get(id)?.take(message);
    this.store.refuse(id, new CrmError(error));
  }

  private number(letter: string): string {
    return `${letter}${(this.numbers += 1)}-${RUN}`;
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

/** Ids of one run of the program: those of a stored queue must not be taken for this one's. */
const RUN = randomKey().slice(0, 8);

function layerOf(id: string, optimistic: (write: Write) => void): Layer {
  const updates = new Map<string, Update[]>();
  optimistic((name, args, update) => {
    const key = keyOf(name, args);
    updates.set(key, [...(updates.get(key) ?? []), update as Update]);
  });
  return { id, updates };
}

function randomKey(): string {
  const { crypto } = globalThis as { crypto?: { randomUUID?: () => string } };
  if (crypto?.randomUUID) return crypto.randomUUID();
  return Array.from({ length: 4 }, () => Math.floor(Math.random() * 2 ** 32).toString(16).padStart(8, "0")).join("");
}
