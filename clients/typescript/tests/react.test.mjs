/* The hooks, in React, against a real server. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createElement as h, StrictMode } from "react";
import { act, create } from "react-test-renderer";
import WebSocket from "ws";
import { Client } from "../dist/index.js";
import { CrmProvider, useConnection, useMutation, usePresence, useQuery } from "../dist/react.js";
import { until } from "./proxy.mjs";

globalThis.IS_REACT_ACT_ENVIRONMENT = false;
const { ADDRESS, OLIVIA, ALICE } = process.env;
/* What is waited for can be seen: no answer comes before React has had its turn. */
class LateSocket extends WebSocket {
  emit(event, ...given) {
    if (event !== "message") return super.emit(event, ...given);
    setTimeout(() => super.emit(event, ...given), 20);
    return true;
  }
}
const olivia = new Client({ url: ADDRESS, key: OLIVIA, WebSocket: LateSocket });
const alice = new Client({ url: ADDRESS, key: ALICE, WebSocket });
after(() => [olivia, alice].forEach((client) => client.close()));

let add;
const rendered = [];
function Contacts({ search, record }) {
  const { data, error, isLoading } = useQuery("contacts.list_contacts", { search, sort: "full_name" });
  const skipped = useQuery("contacts.get_contact", "skip");
  const others = usePresence("contact", record);
  const { state, pending } = useConnection();
  const { mutate, isPending, error: refusal } = useMutation("contacts.create_contact", {
    optimistic: (write, args) =>
      write("contacts.list_contacts", { search, sort: "full_name" }, (page) => ({
        ...page,
        data: [...page.data, { id: 0, full_name: `${args.first_name}?` }],
      })),
  });
  add = mutate;
  const shown = { names: data?.data.map((row) => row.full_name), isLoading, code: error?.code, state, pending };
  rendered.push(`${shown.names} ${isPending}`);
  return JSON.stringify({ ...shown, others: others.map((one) => one.name), isPending, skipped, refusal: refusal?.code });
}

test("hooks", async () => {
  const contact = await olivia.mutate("contacts.create_contact", { first_name: "Hook", last_name: "One" });
  const tree = (props) => h(StrictMode, null, h(CrmProvider, { client: olivia }, h(Contacts, props)));
  let root;
  act(() => (root = create(tree({ search: "hook", record: contact.id }))));
  const shown = () => JSON.parse(root.toJSON());
  assert.equal(shown().isLoading, true);
  await until(() => shown().names);
  assert.deepEqual(shown().names, ["Hook One"]);
  assert.deepEqual(shown().skipped, { isLoading: false });
  assert.equal(shown().state, "live");
  const seen = alice.presence("contact", contact.id);
  await olivia.call("contacts.assign_contact", { contact_id: contact.id, owner_id: (await alice.call("accounts.get_me", {})).member_id });
  await until(() => shown().others[0] === "Alice");
  const done = add({ first_name: "Hook", last_name: "Two" });
  await until(() => rendered.some((line) => line.startsWith("Hook One,Hook? ")));
  await until(() => rendered.some((line) => line.endsWith(" true")));
  assert.equal((await done).full_name, "Hook Two");
  await until(() => shown().names.join() === "Hook One,Hook Two" && !shown().isPending);
  await assert.rejects(add({ first_name: "Hook", email: "wrong" }), { code: "invalid_input" });
  await until(() => shown().refusal === "invalid_input");
  act(() => root.update(tree({ search: "nobody at all", record: undefined })));
  await until(() => shown().names?.length === 0);
  assert.deepEqual(shown().others, []);
  act(() => root.unmount());
  seen.close();
});
