/**
 * Child processes that answer questions, a line of JSON each way.
 *
 * @module
 */

import { linesOf } from "../../tools/lines.ts";

const CONFIG = new URL("../../deno.json", import.meta.url).pathname;
const IMPORT_MAP = new URL("../../tools/std_stand_ins/import_map.json", import.meta.url).pathname;

/** The flags that make a child resolve `@std` as this process does, also for a program outside the checkout. */
export const CONFIG_FLAGS: readonly string[] = [
  ...["--config", CONFIG],
  ...(import.meta.resolve("@std/async/retry").startsWith("file:") ? ["--import-map", IMPORT_MAP] : []),
];

/** A child process; it ends with the process that started it. */
export class Child {
  readonly #process: Deno.ChildProcess;
  readonly #questions: WritableStreamDefaultWriter<Uint8Array>;
  readonly #answers: AsyncGenerator<string, void>;

  /** Starts a program that calls {@linkcode answer}. */
  constructor(program: string | URL, args: readonly string[] = [], flags: readonly string[] = []) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "--no-check", ...CONFIG_FLAGS, ...flags, String(program), ...args],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#questions = this.#process.stdin.getWriter();
    this.#answers = linesOf(this.#process.stdout);
  }

  /** Puts a question and waits for the answer. */
  async ask<T>(question: unknown): Promise<T> {
    await this.#questions.write(new TextEncoder().encode(`${JSON.stringify(question)}\n`));
    const { done, value } = await this.#answers.next();
    if (done) throw new Error("Cannot go on: a child process ended before its time");
    return JSON.parse(value);
  }

  /** Ends the child. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#questions.close();
    await this.#process.status;
  }
}

/** Answers the questions of the parent until it has no more, then ends the process. */
export async function answer<T>(handle: (question: T) => unknown): Promise<never> {
  for await (const line of linesOf(Deno.stdin.readable)) {
    console.log(JSON.stringify(await handle(JSON.parse(line))));
  }
  Deno.exit(0);
}
