/* The one error that the client throws: a refusal by the server, or a failure to reach it. */
import type { ErrorDetail } from "./types.js";

export class CrmError extends Error {
  override readonly name = "CrmError";
  /** For programs: "not_found", "invalid_input", "rate_limited", "start_again", "network", "expired" ... */
  readonly code: string;
  /** As in HTTP; 0 when the server was not reached. */
  readonly status: number;
  readonly title: string;
  /** What is wrong with single arguments. */
  readonly errors: { param: string; code: string; detail: string }[];
  /** Seconds, when the server says how long to wait. */
  readonly retryAfter: number | undefined;

  constructor(told: ErrorDetail) {
    super(told.detail || told.title);
    this.code = told.code;
    this.status = told.status;
    this.title = told.title;
    this.errors = told.errors ?? [];
    this.retryAfter = told.retry_after;
  }
}

export function networkError(detail: string): CrmError {
  return new CrmError({ code: "network", status: 0, title: "The server could not be reached", detail });
}
