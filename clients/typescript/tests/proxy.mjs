/* A network between client and server that can be cut and mended. */
import net from "node:net";

export async function openProxy(target) {
  const { hostname, port } = new URL(target);
  const sockets = new Set();
  const proxy = { isDown: false, connections: 0, sent: "" };
  const server = net.createServer((client) => {
    if (proxy.isDown) return client.destroy();
    proxy.connections += 1;
    const upstream = net.connect(Number(port), hostname);
    for (const [from, to] of [[client, upstream], [upstream, client]]) {
      sockets.add(from);
      from.on("data", (data) => {
        const wish = from === upstream ? proxy.onAnswer?.(data) : undefined;
        if (wish === "cut") return proxy.cut();
        to.write(data, () => wish === "cut after" && proxy.cut());
      });
      from.on("error", () => to.destroy());
      from.on("close", () => (sockets.delete(from), to.destroy()));
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  proxy.url = `http://localhost:${server.address().port}`;
  proxy.cut = () => sockets.forEach((socket) => socket.destroy());
  proxy.close = () => (proxy.cut(), server.close());
  return proxy;
}

/** Wait until the condition holds. */
export async function until(condition, seconds = 180) {
  const end = Date.now() + seconds * 1000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`waited in vain for ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
