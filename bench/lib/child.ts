/**
 * Child processes that exchange messages with their parent: one line of JSON in each direction.
 *
 * @module
 */

import { linesOf } from "../../tools/lines.ts";

const CONFIG = new URL("../../deno.json", import.meta.url).pathname;
const IMPORT_MAP = new URL("../../tools/std_stand_ins/import_map.json", import.meta.url).pathname;

/** The flags that make a child resolve `@std` like this process, even for a program outside the checkout. */
export const CONFIG_FLAGS: readonly string[] = [
  ...["--config", CONFIG],
  ...(import.meta.resolve("@std/async/retry").startsWith("file:") ? ["--import-map", IMPORT_MAP] : []),
];

/** A child process. It exits when its parent disposes of it or exits. */
export class Child {
  readonly #process: Deno.ChildProcess;
  readonly #requests: WritableStreamDefaultWriter<Uint8Array>;
  readonly #responses: AsyncGenerator<string, void>;

  /** Starts a program that calls {@linkcode handleRequests}. */
  constructor(program: string | URL, args: readonly string[] = [], flags: readonly string[] = []) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "--no-check", ...CONFIG_FLAGS, ...flags, String(program), ...args],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#requests = this.#process.stdin.getWriter();
    this.#responses = linesOf(this.#process.stdout);
  }

  /** Sends a request and resolves to its response. */
  async request<T>(request: unknown): Promise<T> {
    await this.#requests.write(new TextEncoder().encode(`${JSON.stringify(request)}\n`));
    const { done, value } = await this.#responses.next();
    if (done) throw new Error("Cannot read the response: the child process has exited");
    return JSON.parse(value);
  }

  /** Stops the child and waits until it has exited. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#requests.close();
    await this.#process.status;
  }
}

/** Responds to requests from the parent with the return value of `handle`. Exits when the parent closes the input. */
export async function handleRequests<T>(handle: (request: T) => unknown): Promise<never> {
  for await (const line of linesOf(Deno.stdin.readable)) {
    console.log(JSON.stringify(await handle(JSON.parse(line))));
  }
  Deno.exit(0);
}
