/* Against a real server: ADDRESS, and the API keys OLIVIA (owner) and ALICE (agent). */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import WebSocket from "ws";
import { Client, CrmError } from "../dist/index.js";
import { openProxy, until } from "./proxy.mjs";

const { ADDRESS, OLIVIA, ALICE } = process.env;
const LIST = { sort: "full_name", search: "zed" };
let network;
const clients = [];

function connect(key = OLIVIA, more = {}) {
  const client = new Client({ url: network.url, key, WebSocket, ...more });
  clients.push(client);
  return client;
}
const names = (query) => query.get().data?.data.map((row) => row.full_name) ?? [];

before(async () => (network = await openProxy(ADDRESS)));
after(() => {
  for (const client of clients) client.close();
  network.close();
});

test("calls over REST have the types' shapes", async () => {
  const client = connect();
  const contact = await client.call("contacts.create_contact", { first_name: "Rest", email: "rest@a.test" });
  const changed = await client.call("contacts.update_contact", {
    contact_id: contact.id,
    changes: { last_name: "Ful" },
    version: contact.version,
  });
  assert.equal(changed.full_name, "Rest Ful");
  const page = await client.call("contacts.list_contacts", { search: "rest ful", limit: 1 });
  assert.deepEqual(page.data.map((row) => row.id), [contact.id]);
  assert.equal(page.next_cursor, null);
  const found = await client.call("contacts.lookup_contact", { email: "REST@a.test" });
  assert.equal(found.data.length, 1);
  await assert.rejects(client.call("contacts.get_contact", { contact_id: 999_999 }), { code: "not_found", status: 404 });
  const refused = client.call("contacts.update_contact", { contact_id: contact.id, changes: { email: "x" } });
  await assert.rejects(refused, (error) => error instanceof CrmError && error.errors[0].param === "changes.email");
  await assert.rejects(
    client.call("contacts.update_contact", { contact_id: contact.id, changes: {}, version: 1 }),
    { code: "precondition_failed" },
  );
  const once = { idempotencyKey: "k-1" };
  const [one, other] = [
    await client.call("companies.create_company", { name: "Once" }, once),
    await client.call("companies.create_company", { name: "Once" }, once),
  ];
  assert.equal(one.id, other.id);
  await client.call("contacts.archive_contact", { contact_id: contact.id });
});

test("a query follows what others do, and a mutation's effect is there with its acknowledgement", async () => {
  const client = connect();
  const query = client.query("contacts.list_contacts", LIST);
  await until(() => query.get().data);
  const seen = [];
  query.subscribe(() => seen.push(names(query)));
  await client.mutate("contacts.create_contact", { first_name: "Zed", last_name: "One" });
  await until(() => names(query).includes("Zed One"));
  const other = connect(ALICE);
  await other.mutate("contacts.create_contact", { first_name: "Zed", last_name: "Two" });
  await until(() => names(query).length === 2);
  await assert.rejects(client.mutate("contacts.get_contact_x", {}), { code: "not_found" });
  const wrong = client.query("contacts.get_contact", { contact_id: 999_999 });
  await until(() => wrong.get().error);
  assert.equal(wrong.get().error.code, "not_found");
  const bad = client.query("contacts.list_contacts", { limit: 5000 });
  await until(() => bad.get().error);
  assert.equal(bad.get().error.errors[0].param, "limit");
});

test("an optimistic layer shows at once, and goes with the acknowledgement or the refusal", async () => {
  const client = connect();
  const query = client.query("contacts.list_contacts", LIST);
  await until(() => query.get().data);
  const seen = [];
  query.subscribe(() => seen.push(names(query).filter((name) => name.startsWith("Zed Opt"))));
  const optimistic = (write) =>
    write("contacts.list_contacts", LIST, (page) => ({ ...page, data: [...page.data, { id: 0, full_name: "Zed Opt…" }] }));
  const done = client.mutate("contacts.create_contact", { first_name: "Zed", last_name: "Opt" }, { optimistic });
  assert.ok(names(query).includes("Zed Opt…"));
  await done;
  await until(() => names(query).includes("Zed Opt"));
  await until(() => !names(query).includes("Zed Opt…"));
  assert.deepEqual(seen, [["Zed Opt…"], ["Zed Opt"]], "from the guess to the truth, without a state between");
  const refused = client.mutate("contacts.create_contact", { first_name: "", email: "no" }, { optimistic });
  assert.ok(names(query).includes("Zed Opt…"));
  await assert.rejects(refused, { code: "invalid_input" });
  assert.ok(!names(query).includes("Zed Opt…"));
});

test("lists are patched, and rows that have not changed stay the same objects", async () => {
  const client = connect();
  const made = [];
  for (const letter of "abcdefgh") {
    made.push(await client.call("contacts.create_contact", { first_name: "Patch", last_name: letter }));
  }
  const list = client.query("contacts.list_contacts", { search: "patch", sort: "full_name" });
  await until(() => list.get().data?.data.length === 8);
  let patches = 0;
  network.onAnswer = (data) => void (patches += data.includes('"patch":') ? 1 : 0);
  const before = list.get().data.data;
  await client.mutate("contacts.update_contact", { contact_id: made[0].id, changes: { last_name: "z" } });
  await until(() => names(list).at(-1) === "Patch z");
  assert.deepEqual(names(list), [..."bcdefghz"].map((letter) => `Patch ${letter}`));
  assert.equal(list.get().data.data[0], before[1]);
  await client.mutate("contacts.archive_contact", { contact_id: made[1].id });
  await until(() => names(list).length === 7);
  network.onAnswer = undefined;
  assert.ok(patches >= 2);
  const fresh = await client.call("contacts.list_contacts", { search: "patch", sort: "full_name" });
  assert.deepEqual(list.get().data, fresh);
});

test("after a break the answers catch up, and what has not changed is not sent again", async () => {
  const client = connect();
  const states = [];
  client.onStatus(() => states.push(client.state));
  const list = client.query("contacts.list_contacts", LIST);
  const me = client.query("accounts.get_me");
  await until(() => list.get().data && me.get().data);
  const before = me.get();
  network.isDown = true;
  network.cut();
  await until(() => client.state === "reconnecting");
  const direct = new Client({ url: ADDRESS, key: OLIVIA, WebSocket });
  clients.push(direct);
  await direct.call("contacts.create_contact", { first_name: "Zed", last_name: "Away" });
  assert.ok(list.get().data, "the last answer stays on the screen");
  network.isDown = false;
  await until(() => names(list).includes("Zed Away"));
  assert.equal(me.get(), before);
  assert.equal(client.state, "live");
  assert.ok(states.includes("reconnecting"));
});

test("mutations made offline are sent in order, each happens once", async () => {
  const client = connect();
  const query = client.query("contacts.list_contacts", { search: "queued", sort: "full_name" });
  await until(() => query.get().data);
  network.isDown = true;
  network.cut();
  const optimistic = (name) => (write) =>
    write("contacts.list_contacts", { sort: "full_name", search: "queued" }, (page) => ({
      ...page,
      data: [...page.data, { id: -1, full_name: name }],
    }));
  const sent = ["A", "B", "C"].map((letter) =>
    client.mutate("contacts.create_contact", { first_name: "Queued", last_name: letter }, { optimistic: optimistic(`Queued ${letter}`) }),
  );
  assert.equal(client.pending, 3);
  assert.deepEqual(names(query), ["Queued A", "Queued B", "Queued C"]);
  // The first answer to a call is lost with the connection: the call is sent again, and answered from the record.
  let cuts = 0;
  network.onAnswer = (data) => (data.includes('"type":"result"') && cuts++ === 0 ? "cut" : undefined);
  network.isDown = false;
  const made = await Promise.all(sent);
  network.onAnswer = undefined;
  assert.equal(cuts >= 1, true);
  assert.deepEqual(made.map((contact) => contact.full_name), ["Queued A", "Queued B", "Queued C"]);
  await until(() => client.pending === 0 && query.get().data.data.every((row) => row.id > 0));
  assert.deepEqual(names(query), ["Queued A", "Queued B", "Queued C"]);
});

test("a layer goes, too, when the break comes between the result and its acknowledgement", async () => {
  const client = connect();
  const asked = { search: "between", sort: "full_name" };
  const query = client.query("contacts.list_contacts", asked);
  await until(() => query.get().data);
  const optimistic = (write) =>
    write("contacts.list_contacts", asked, (page) => ({ ...page, data: [...page.data, { id: 0, full_name: "Between…" }] }));
  for (const letter of "abc") {
    let cuts = 0;
    network.onAnswer = (data) => (data.includes('"type":"result"') && cuts++ === 0 ? "cut after" : undefined);
    await client.mutate("contacts.create_contact", { first_name: "Between", last_name: letter }, { optimistic });
    await until(() => names(query).includes(`Between ${letter}`) && !names(query).includes("Between…"));
  }
  network.onAnswer = undefined;
  assert.deepEqual(names(query), ["Between a", "Between b", "Between c"]);
});

test("a stored queue is sent by the next run of the program", async () => {
  const kept = new Map();
  const storage = { getItem: async (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
  network.isDown = true;
  const first = connect(OLIVIA, { storage });
  first.mutate("contacts.create_contact", { first_name: "Kept", last_name: "Queue" }).catch(() => undefined);
  await until(() => kept.get("crm.outbox")?.includes("Kept"));
  first.close();
  network.isDown = false;
  const second = connect(OLIVIA, { storage });
  await until(() => second.pending === 0 && kept.get("crm.outbox") === "[]");
  const page = await second.call("contacts.list_contacts", { search: "kept queue" });
  assert.equal(page.data.length, 1);
});

test("a store that fails, or holds something else, stops nothing", async () => {
  for (const getItem of [() => "{", () => '{"a": 1}', () => Promise.reject(new Error("full"))]) {
    const client = connect(OLIVIA, { storage: { getItem, setItem: () => undefined } });
    assert.equal((await client.mutate("companies.create_company", { name: "Stored" })).name, "Stored");
  }
});

test("presence and the feed of changes go on through a break", async () => {
  const [olivia, alice] = [connect(), connect(ALICE)];
  const contact = await alice.mutate("contacts.create_contact", { first_name: "Both" });
  const here = olivia.presence("contact", contact.id);
  const there = alice.presence("contact", contact.id);
  await until(() => here.get()[0]?.name === "Alice" && there.get()[0]?.name === "Olivia");
  const rows = new Map();
  const stop = olivia.changes({ tables: ["companies"] }, (changes) => {
    for (const { op, id, row } of changes) {
      if (op === "reset") rows.clear();
      else if (op === "delete") rows.delete(id);
      else rows.set(id, row.name);
    }
  });
  await until(() => rows.size);
  network.cut();
  await alice.mutate("companies.create_company", { name: "After the break" });
  await until(() => [...rows.values()].includes("After the break"));
  await until(() => here.get()[0]?.name === "Alice");
  there.close();
  await until(() => here.get().length === 0);
  stop();
});

test("a ticket opens the socket, a dead key closes it for good", async () => {
  const holder = connect();
  const ticket = async () => (await holder.call("accounts.get_live_ticket", {})).ticket;
  const page = connect(undefined, { ticket });
  const me = page.query("accounts.get_me");
  await until(() => me.get().data);
  network.cut();
  await until(() => page.state === "live");
  const dead = connect(OLIVIA.slice(0, -3) + "xxx");
  await until(() => dead.state === "closed");
  assert.match(dead.reason, /key/i);
});
