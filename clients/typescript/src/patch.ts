/* How an answer has changed, applied to the one before (docs/live-protocol.md, Patches). Rows that are equal stay the
   same objects, so that what shows them need not be drawn anew. */
type Row = { id: string | number };

export interface Patch {
  /** By member; "" when the answer itself is a list. */
  lists?: Record<string, { order?: (string | number)[]; rows: Row[] }>;
  set?: Record<string, unknown>;
  unset?: string[];
}

export function patched(before: unknown, patch: Patch): unknown {
  const whole = patch.lists?.[""];
  if (whole) return patchedList(before as Row[], whole);
  const after = { ...(before as Record<string, unknown>) };
  for (const [name, list] of Object.entries(patch.lists ?? {})) after[name] = patchedList(after[name] as Row[], list);
  for (const name of patch.unset ?? []) delete after[name];
  return Object.assign(after, patch.set);
}

function patchedList(before: Row[], { order, rows }: { order?: (string | number)[]; rows: Row[] }): Row[] {
  const byId = new Map(before.map((row) => [row.id, row]));
  for (const row of rows) byId.set(row.id, row);
  return (order ?? before.map((row) => row.id)).flatMap((id) => byId.get(id) ?? []);
}
