export { Client, type ClientOptions, type Handle, type MutateOptions, type QueryState, type Write } from "./client.js";
export { CrmError } from "./errors.js";
export type * from "./functions.js";
export type { Storage } from "./outbox.js";
export type { CallOptions } from "./rest.js";
export type {
  Args, Change, ConnectionState, FunctionName, MutationName, Page, QueryName, Result, Table, Viewer,
} from "./types.js";
