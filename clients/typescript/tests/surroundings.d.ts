/* What the types of React Native 0.81 (src/types/globals.d.ts) declare of what is used here, and no more: no DOM, no
   window, no crypto, no navigator. Its own package is too large to install for each test run. */
declare global {
  interface AbortSignal {
    readonly aborted: boolean;
  }
  interface Headers {
    get(name: string): string | null;
    has(name: string): boolean;
  }
  interface Response {
    readonly ok: boolean;
    readonly status: number;
    readonly statusText: string;
    readonly headers: Headers;
    json(): Promise<any>;
    text(): Promise<string>;
  }
  interface RequestInit {
    method?: string;
    headers?: Record<string, string>;
    body?: string | null;
    credentials?: "omit" | "same-origin" | "include";
    signal?: AbortSignal | null;
  }
  class URLSearchParams {
    append(name: string, value: string): void;
    toString(): string;
  }
  interface WebSocket {
    readonly readyState: number;
    onopen: (() => void) | null;
    onmessage: ((event: { data?: any }) => void) | null;
    onerror: ((event: any) => void) | null;
    onclose: ((event: { code?: number | undefined; reason?: string | undefined }) => void) | null;
    send(text: string): void;
    close(code?: number, reason?: string): void;
  }
  var WebSocket: new (url: string, protocols?: string | string[] | null) => WebSocket;
  function fetch(url: string, init?: RequestInit): Promise<Response>;
  function setTimeout(work: () => void, milliseconds?: number): number;
  function clearTimeout(timer: number): void;
  function setInterval(work: () => void, milliseconds?: number): number;
  function clearInterval(timer: number): void;
}
export {};
