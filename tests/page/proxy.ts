/**
 * A TCP proxy in front of a server.
 *
 * @module
 */

/** Forwards connections to a server until they are cut. */
export class CuttableProxy implements AsyncDisposable {
  /** Everything that clients have sent. */
  seen = "";
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #target: Deno.ConnectOptions;
  readonly #connections = new Set<Deno.Conn>();
  readonly #running: Promise<void>;
  #isCut = false;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#target = { hostname, port: Number(port) };
    this.#running = this.#run();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#listener.addr as Deno.NetAddr).port}`;
  }

  /** Closes all connections, and closes each new one immediately. */
  cut(): void {
    this.#isCut = true;
    for (const connection of this.#connections) close(connection);
  }

  /** Forwards connections again. */
  restore(): void {
    this.#isCut = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#listener.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    const pipes: Promise<void>[] = [];
    for await (const client of this.#listener) {
      if (this.#isCut) close(client);
      else pipes.push(this.#pass(client));
    }
    await Promise.all(pipes);
  }

  async #pass(client: Deno.Conn): Promise<void> {
    const server = await Deno.connect(this.#target);
    this.#connections.add(client).add(server);
    if (this.#isCut) this.cut();
    const decoder = new TextDecoder();
    await Promise.all([
      copy(client, server, (chunk) => this.seen += decoder.decode(chunk, { stream: true })),
      copy(server, client, () => {}),
    ]);
    for (const connection of [client, server]) this.#connections.delete(connection);
  }
}

/** Copies what one end sends to the other, then closes both. */
async function copy(from: Deno.Conn, to: Deno.Conn, see: (chunk: Uint8Array) => void): Promise<void> {
  const buffer = new Uint8Array(2 ** 16);
  try {
    for (let size = await from.read(buffer); size !== null; size = await from.read(buffer)) {
      const chunk = buffer.slice(0, size);
      see(chunk);
      for (let sent = 0; sent < size;) sent += await to.write(chunk.subarray(sent));
    }
  } catch {
    // an end was closed
  }
  close(from);
  close(to);
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // it is closed already
  }
}
