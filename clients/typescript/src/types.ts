/* What the client's parts share: types made from the registry, and the messages of docs/live-protocol.md. */
import type { Functions } from "./functions.js";
import type { Patch } from "./patch.js";

export type FunctionName = keyof Functions;
export type QueryName = { [N in FunctionName]: Functions[N]["kind"] extends "query" ? N : never }[FunctionName];
export type MutationName = Exclude<FunctionName, QueryName>;
export type Args<N extends FunctionName> = Functions[N]["args"];
export type Result<N extends FunctionName> = Functions[N]["result"];
/** Arguments may be left out where none is required. */
export type Given<N extends FunctionName> = {} extends Args<N> ? [args?: Args<N>] : [args: Args<N>];

export type Page = Result<"feed.list_changes">;
export type Change = Page["changes"][number];
export type Table = Change["table"];
export type Place = Args<"presence.get_viewer">;
export type Viewer = Result<"presence.get_viewer">;

export type ConnectionState = "connecting" | "live" | "reconnecting" | "offline" | "closed";

export interface ErrorDetail {
  code: string;
  status: number;
  title: string;
  detail: string;
  errors?: { param: string; code: string; detail: string }[];
  retry_after?: number;
}

/** One query's part of a transition. */
export interface QueryChange {
  id: string;
  hash: string;
  unchanged?: true;
  result?: unknown;
  /** In place of a result: how the answer of the hash ``from`` has changed. */
  from?: string;
  patch?: Patch;
  error?: ErrorDetail;
}

export type Incoming =
  | { type: "ready"; limits: { subscriptions: number; calls_waiting: number; idle_seconds: number } }
  | { type: "transition"; epoch: string; tick: number; changes: QueryChange[]; acks: string[] }
  | ({ type: "changes"; id: string } & Page)
  | { type: "presence"; id: string; members: Viewer[]; error?: ErrorDetail }
  | { type: "result"; id: string; result?: unknown; error?: ErrorDetail; xid?: number | null; replayed?: boolean }
  | { type: "error"; id: string | null; error: ErrorDetail }
  | { type: "pong" };

export type Outgoing =
  | { type: "subscribe"; queries: object[] }
  | { type: "unsubscribe"; ids: string[] }
  | { type: "call"; id: string; function: string; args: unknown; idempotency_key: string }
  | { type: "sync"; id: string }
  | { type: "ping" };
