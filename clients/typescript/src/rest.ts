/* Calls over REST: the address, the query string and the body of every function that has a route. */
import { CrmError, networkError } from "./errors.js";
import { ROUTES, type RoutedFunction } from "./functions.js";
import type { Given, Result } from "./types.js";

export interface RestOptions {
  /** Where the product answers: "https://acme.example.com". */
  url: string;
  /** An API key; without one the request goes with the page's cookies. */
  key?: string | undefined;
  fetch?: typeof globalThis.fetch | undefined;
}

export interface CallOptions {
  /** Makes a repeat harmless for 24 hours. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

interface RouteInfo {
  method: string;
  path: string;
  /** The argument that is the body as a whole. */
  body?: string;
  /** Arguments in the query string beside a body. */
  query?: readonly string[];
  /** A page: the rows are the data, the cursor stands in meta. */
  paged?: true;
}

export class Rest {
  constructor(private readonly options: RestOptions) {}

  async call<N extends RoutedFunction>(name: N, args: Given<N>[0], options: CallOptions = {}): Promise<Result<N>> {
    const route: RouteInfo = ROUTES[name];
    const response = await this.send(route, { ...(args as object) }, options);
    const body = await answerOf(response);
    return (route.paged ? { data: body.data, next_cursor: body.meta.next_cursor } : body.data) as Result<N>;
  }

  private async send(route: RouteInfo, left: Record<string, unknown>, options: CallOptions): Promise<Response> {
    const path = route.path.replace(/{(\w+)}/g, (_, name: string) => encodeURIComponent(String(take(left, name))));
    const headers: Record<string, string> = { Accept: "application/json" };
    if (this.options.key) headers["Authorization"] = `Bearer ${this.options.key}`;
    if (options.idempotencyKey) headers["Idempotency-Key"] = options.idempotencyKey;
    if (route.body && left["version"] !== undefined) headers["If-Match"] = `"${String(take(left, "version"))}"`;
    const asked: Record<string, unknown> = {};
    for (const name of route.query ?? []) if (name in left) asked[name] = take(left, name);
    const hasBody = route.method !== "GET" && route.method !== "DELETE";
    if (!hasBody) Object.assign(asked, left);
    if (hasBody) headers["Content-Type"] = "application/json";
    const body = hasBody ? JSON.stringify(route.body ? (left[route.body] ?? null) : left) : null;
    const fetcher = this.options.fetch ?? globalThis.fetch;
    try {
      return await fetcher(`${this.options.url}/api/v1${path}${queryString(asked)}`, {
        method: route.method,
        headers,
        body,
        credentials: this.options.key ? "omit" : "include",
        ...(options.signal ? { signal: options.signal } : {}),
      });
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw networkError(String(error));
    }
  }
}

async function answerOf(response: Response): Promise<{ data: unknown; meta: { next_cursor?: string | null } }> {
  const body = await response.json().catch(() => null);
  if (response.ok && body) return body;
  throw new CrmError({
    code: "bad_answer",
    status: response.status,
    title: "The server could not answer",
    detail: response.statusText,
    ...body,
    ...(response.headers.has("Retry-After") ? { retry_after: Number(response.headers.get("Retry-After")) } : {}),
  });
}

function take(from: Record<string, unknown>, name: string): unknown {
  const value = from[name];
  delete from[name];
  return value;
}

function queryString(values: Record<string, unknown>): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === null) continue;
    for (const one of Array.isArray(value) ? value : [value]) asked.append(name, String(one));
  }
  const text = asked.toString();
  return text && `?${text}`;
}
