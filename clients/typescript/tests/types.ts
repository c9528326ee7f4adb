/* Compiled, never run: what the types allow and refuse. */
import { Client } from "../src/index.js";

const client = new Client({ url: "https://acme.example.com", key: "crm_x" });

export async function allowed(): Promise<string> {
  client.query("accounts.get_me");
  client.query("contacts.list_contacts", { search: "Ada", sort: "full_name" }).get().data?.data[0]?.full_name;
  client.presence("contact", 7);
  client.changes({ tables: ["contacts"] }, (changes) => changes.map((change) => change.row));
  const contact = await client.mutate("contacts.create_contact", { first_name: "Ada" });
  return contact.full_name;
}

export function refused(): void {
  // @ts-expect-error: no such function
  client.query("contacts.list_contact");
  // @ts-expect-error: a mutation is no query
  client.query("contacts.create_contact", {});
  // @ts-expect-error: the id is missing
  client.query("contacts.get_contact");
  // @ts-expect-error: a wrong type
  client.query("contacts.get_contact", { contact_id: "7" });
  // @ts-expect-error: an unknown argument
  client.mutate("contacts.create_contact", { name: "Ada" });
  // @ts-expect-error: not one of the orders
  client.query("contacts.list_contacts", { sort: "email" });
  // @ts-expect-error: no route leads there
  client.call("presence.get_viewer", { object: "contact", record_id: 1 });
}
