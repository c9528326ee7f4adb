/* Hooks for React and React Native. */
import {
  type ReactNode, createContext, createElement, useCallback, useContext, useEffect, useMemo, useRef, useState,
  useSyncExternalStore,
} from "react";
import type { Client, Handle, QueryState, Write } from "./client.js";
import { CrmError } from "./errors.js";
import { keyOf } from "./store.js";
import type { Args, ConnectionState, Given, MutationName, Place, QueryName, Result, Viewer } from "./types.js";

const Context = createContext<Client | null>(null);

export function CrmProvider(props: { client: Client; children?: ReactNode }): ReactNode {
  return createElement(Context.Provider, { value: props.client }, props.children);
}

export function useClient(): Client {
  const client = useContext(Context);
  if (!client) throw new Error("Put a <CrmProvider client={...}> around this component.");
  return client;
}

export interface Connectivity {
  state: ConnectionState;
  /** Mutations that the server has not answered yet. */
  pending: number;
}

/** Whether what is shown is live, and what waits to be sent. */
export function useConnection(): Connectivity {
  const client = useClient();
  const subscribe = useCallback((listener: () => void) => client.onStatus(listener), [client]);
  const text = useSyncExternalStore(subscribe, () => `${client.state} ${client.pending}`, () => "connecting 0");
  return useMemo(() => {
    const [state, pending] = text.split(" ");
    return { state: state as ConnectionState, pending: Number(pending) };
  }, [text]);
}

export type QueryResult<N extends QueryName> = QueryState<N> & { isLoading: boolean };

/** A query's answer, kept right. ``"skip"`` in place of the arguments asks for nothing yet. */
export function useQuery<N extends QueryName>(name: N, ...[args]: Given<N> | ["skip"]): QueryResult<N> {
  const client = useClient();
  const isSkipped = args === "skip";
  const key = isSkipped ? "" : keyOf(name, args ?? {});
  const asked = useRef<object>({});
  if (!isSkipped) asked.current = (args ?? {}) as object;
  const open = useCallback(
    () => (key ? client.query(name, ...([asked.current] as unknown as Given<N>)) : undefined),
    [client, name, key],
  );
  const state = useHandle(open, NOTHING as QueryState<N>);
  return useMemo(
    () => ({ ...state, isLoading: !isSkipped && state.data === undefined && !state.error }),
    [state, isSkipped],
  );
}

/** Who else looks at a record; one is seen there oneself as long as the component is mounted. */
export function usePresence(object: Place["object"], recordId: number | undefined): readonly Viewer[] {
  const client = useClient();
  const open = useCallback(
    () => (recordId === undefined ? undefined : client.presence(object, recordId)),
    [client, object, recordId],
  );
  return useHandle(open, NOBODY);
}

export interface Mutation<N extends MutationName> {
  mutate(args: Args<N>): Promise<Result<N>>;
  isPending: boolean;
  data: Result<N> | undefined;
  error: CrmError | undefined;
}

/** A mutation with its progress; ``optimistic`` shows its effect until the answers include it. */
export function useMutation<N extends MutationName>(
  name: N,
  options: { optimistic?: (write: Write, args: Args<N>) => void } = {},
): Mutation<N> {
  const client = useClient();
  const [progress, setProgress] = useState({ running: 0, data: undefined as Result<N> | undefined, error: undefined as CrmError | undefined });
  const optimistic = useRef(options.optimistic);
  optimistic.current = options.optimistic;
  const mutate = useCallback(
    async (args: Args<N>) => {
      setProgress((before) => ({ ...before, running: before.running + 1, error: undefined }));
      const layer = optimistic.current;
      try {
        const data = await client.mutate(name, args, layer ? { optimistic: (write) => layer(write, args) } : {});
        setProgress((before) => ({ running: before.running - 1, data, error: undefined }));
        return data;
      } catch (error) {
        const told = error instanceof CrmError ? error : undefined;
        setProgress((before) => ({ ...before, running: before.running - 1, error: told }));
        throw error;
      }
    },
    [client, name],
  );
  return { mutate, isPending: progress.running > 0, data: progress.data, error: progress.error };
}

const NOTHING = { data: undefined, error: undefined };
const NOBODY: readonly Viewer[] = [];

/* Opened by the effect, not while rendering: a rendering that React throws away must not leave anything open. */
function useHandle<T>(open: () => Handle<T> | undefined, nothing: T): T {
  const [state, setState] = useState<{ by: unknown; value: T }>({ by: open, value: nothing });
  useEffect(() => {
    const handle = open();
    if (!handle) return;
    const take = () => setState({ by: open, value: handle.get() });
    const stop = handle.subscribe(take);
    take();
    return () => {
      stop();
      handle.close();
    };
  }, [open]);
  // The answer to another question is no answer to this one.
  return state.by === open ? state.value : nothing;
}
