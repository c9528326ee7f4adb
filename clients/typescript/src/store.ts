/* The answers that the client holds, and the optimistic layers over them.

   A layer changes what is shown from the moment of a mutation until the transition whose answers include its
   effect, or its refusal. Layers are applied anew whenever the answer beneath changes. */
import { CrmError } from "./errors.js";
import { patched } from "./patch.js";
import type { QueryChange } from "./types.js";

export interface Shown {
  data: unknown;
  error: CrmError | undefined;
}

export type Update = (data: any) => any;

/** What one pending mutation changes in the answers, by their keys. */
export interface Layer {
  id: string;
  updates: Map<string, Update[]>;
}

export class Answer {
  readonly listeners = new Set<() => void>();
  hash = "";
  private base: unknown;
  private error: CrmError | undefined;
  private shown: Shown = { data: undefined, error: undefined };

  constructor(
    readonly id: string,
    readonly key: string,
    readonly name: string,
    readonly args: object,
  ) {}

  /** The same object as long as nothing has changed. */
  get(): Shown {
    return this.shown;
  }

  /** Take in what has come; false for a patch of something that is not here. */
  take(change: QueryChange): boolean {
    if (change.patch && change.from !== this.hash) return false;
    this.hash = change.hash;
    if (change.unchanged) return true;
    if (change.patch) this.base = patched(this.base, change.patch);
    else this.base = change.error ? undefined : change.result;
    this.error = change.error && new CrmError(change.error);
    return true;
  }

  /** Ask for the whole answer next time. */
  forget(): void {
    this.hash = "";
  }

  refuse(error: CrmError): void {
    this.error = error;
  }

  /** Make up what is shown; whether to tell the listeners. */
  show(layers: Iterable<Layer>): boolean {
    let data = this.base;
    if (data !== undefined) {
      for (const layer of layers) for (const update of layer.updates.get(this.key) ?? []) data = update(data);
    }
    if (data === this.shown.data && this.error === this.shown.error) return false;
    this.shown = { data, error: this.error };
    return true;
  }
}

export class Store {
  private readonly byKey = new Map<string, Answer>();
  private readonly byId = new Map<string, Answer>();
  private readonly layers = new Map<string, Layer>();

  all(): Iterable<Answer> {
    return this.byKey.values();
  }

  find(key: string): Answer | undefined {
    return this.byKey.get(key);
  }

  get(id: string): Answer | undefined {
    return this.byId.get(id);
  }

  add(answer: Answer): void {
    this.byKey.set(answer.key, answer);
    this.byId.set(answer.id, answer);
  }

  remove(answer: Answer): void {
    this.byKey.delete(answer.key);
    this.byId.delete(answer.id);
  }

  put(layer: Layer): void {
    this.layers.set(layer.id, layer);
    this.show([...layer.updates.keys()]);
  }

  /** Take in a transition as one: its answers, and the layers whose effects these include.
      Returns the answers that could not be patched. */
  take(changes: QueryChange[], acks: string[]): Answer[] {
    const touched = new Set<string>();
    const lost: Answer[] = [];
    for (const change of changes) {
      const answer = this.byId.get(change.id);
      if (!answer) continue;
      if (answer.take(change)) touched.add(answer.key);
      else lost.push(answer);
    }
    for (const id of acks) for (const key of this.layers.get(id)?.updates.keys() ?? []) touched.add(key);
    for (const id of acks) this.layers.delete(id);
    this.show(touched);
    return lost;
  }

  refuse(id: string, error: CrmError): void {
    const answer = this.byId.get(id);
    answer?.refuse(error);
    if (answer) this.show([answer.key]);
  }

  private show(keys: Iterable<string>): void {
    const answers = [...keys].flatMap((key) => this.byKey.get(key) ?? []);
    const changed = answers.filter((answer) => answer.show(this.layers.values()));
    for (const answer of changed) for (const listener of [...answer.listeners]) listener();
  }
}

/** Equal for equal questions, whatever the order of the arguments. */
export function keyOf(name: string, args: object): string {
  return `${name}${canonical(args)}`;
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join()}}`;
}
