/* The hooks as in React Native: no DOM, no crypto, no navigator; the queue in an AsyncStorage that outlives the app. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { openProxy, until } from "./proxy.mjs";
import WebSocket from "ws";

const { ADDRESS, OLIVIA } = process.env;
for (const name of ["crypto", "navigator", "addEventListener", "window", "document", "localStorage"])
  Object.defineProperty(globalThis, name, { value: undefined, configurable: true });
globalThis.WebSocket = WebSocket;
globalThis.IS_REACT_ACT_ENVIRONMENT = false;
const { createElement: h } = await import("react");
const { act, create } = await import("react-test-renderer");
const { Client } = await import("../dist/index.js");
const { CrmProvider, useConnection, useMutation, useQuery } = await import("../dist/react.js");

class AsyncStorage {
  kept = new Map();
  getItem = (key) => new Promise((resolve) => setTimeout(() => resolve(this.kept.get(key) ?? null), 5));
  setItem = (key, value) => new Promise((resolve) => setTimeout(() => (this.kept.set(key, value), resolve()), 5));
}

const storage = new AsyncStorage();
const network = await openProxy(ADDRESS);
after(() => network.close());

let add;
function Screen() {
  const args = { search: "native queue" };
  const { data } = useQuery("contacts.list_contacts", args);
  const { state, pending } = useConnection();
  const { mutate } = useMutation("contacts.create_contact", {
    optimistic: (write, made) =>
      write("contacts.list_contacts", args, (page) => ({ ...page, data: [...page.data, { id: 0, full_name: `${made.first_name}?` }] })),
  });
  add = mutate;
  return JSON.stringify({ names: data?.data.map((row) => row.full_name), state, pending });
}

function start() {
  const client = new Client({ url: network.url, key: OLIVIA, storage });
  let root;
  act(() => (root = create(h(CrmProvider, { client }, h(Screen)))));
  return { shown: () => JSON.parse(root.toJSON()), stop: () => (act(() => root.unmount()), client.close()) };
}

test("what was done offline is done once by the next run of the app", async () => {
  const first = start();
  await until(() => first.shown().state === "live" && first.shown().names);
  network.isDown = true;
  network.cut();
  await until(() => first.shown().state !== "live");
  add({ first_name: "Native", last_name: "Queue" }).catch(() => undefined);
  await until(() => first.shown().names.includes("Native?") && first.shown().pending === 1);
  await until(() => storage.kept.get("crm.outbox")?.includes("Native"));
  first.stop();
  network.isDown = false;
  const second = start();
  await until(() => second.shown().names?.join() === "Native Queue" && second.shown().pending === 0);
  await until(() => storage.kept.get("crm.outbox") === "[]");
  second.stop();
});
