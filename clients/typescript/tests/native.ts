/* Compiled with React Native's surroundings in place of a browser's, never run: the client and its hooks fit there. */
import { type ReactNode, createElement, useEffect } from "react";
import { Client, type Storage } from "../src/index.js";
import { CrmProvider, useConnection, useMutation, usePresence, useQuery } from "../src/react.js";

/** The shape of @react-native-async-storage/async-storage. */
interface AsyncStorage {
  getItem(key: string, callback?: (error?: Error | null, result?: string | null) => void): Promise<string | null>;
  setItem(key: string, value: string, callback?: (error?: Error | null) => void): Promise<void>;
}
/** The shape of React Native's AppState. */
interface AppState {
  addEventListener(type: "change", listener: (state: "active" | "background" | "inactive") => void): { remove(): void };
}
declare const asyncStorage: AsyncStorage;
declare const appState: AppState;

const storage: Storage = asyncStorage;
const client = new Client({ url: "https://acme.example.com", key: "crm_x", storage });

export function App(): ReactNode {
  useEffect(() => {
    const listening = appState.addEventListener("change", (state) => state === "active" && client.wake());
    return () => listening.remove();
  }, []);
  return createElement(CrmProvider, { client }, createElement(Contact, { id: 7 }));
}

function Contact(props: { id: number }): string {
  const { data, isLoading } = useQuery("contacts.get_contact", { contact_id: props.id });
  const others = usePresence("contact", props.id);
  const { pending } = useConnection();
  const { mutate } = useMutation("contacts.update_contact", {
    optimistic: (write, args) =>
      write("contacts.get_contact", { contact_id: args.contact_id }, (contact) => ({ ...contact, full_name: "…" })),
  });
  useEffect(() => void mutate({ contact_id: props.id, changes: { first_name: "Ada" } }), [mutate, props.id]);
  return isLoading ? "" : `${data?.full_name} ${others.length} ${pending}`;
}
