import { assertEquals, assertThrows } from "@std/assert";
import {
  isRuntimeEnvironment,
  PrefactorClientError,
  type RuntimeEnvironment,
  runtimeEnvironment,
  VERSION,
} from "../mod.ts";
import { readEnvironment } from "../src/environment.ts";

const PREFACTOR_SDK = [`@prefactor/http@${VERSION}`];

/** Runs a callback with other globals `Deno` and `process`. */
function withGlobals<T>(globals: { Deno?: unknown; process?: unknown }, callback: () => T): T {
  const names = ["Deno", "process"] as const;
  const before = names.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)!] as const);
  for (const name of names) {
    Object.defineProperty(globalThis, name, { value: globals[name], configurable: true });
  }
  try {
    return callback();
  } finally {
    for (const [name, descriptor] of before) Object.defineProperty(globalThis, name, descriptor);
  }
}

Deno.test("readEnvironment() reads the variable on each runtime", () => {
  const variables: Record<string, string> = { A: "1" };
  const deno = { Deno: { env: { get: (name: string) => variables[name] } } };
  for (const globals of [deno, { process: { env: variables } }]) {
    assertEquals(withGlobals(globals, () => readEnvironment("A")), "1");
  }
});

Deno.test("readEnvironment() rejects a variable that is missing, empty or not readable", () => {
  const missing = "Cannot configure the client: the environment variable A is not set";
  const denied = "Cannot read the environment variable A: permission denied";
  const cause = new Error("Requires env access");
  const table: [globals: { Deno?: unknown; process?: unknown }, message: string, cause?: unknown][] = [
    [{ process: { env: {} } }, missing],
    [{ process: { env: { A: "" } } }, missing],
    [{}, missing],
    [
      {
        Deno: {
          env: {
            get() {
              throw cause;
            },
          },
        },
      },
      denied,
      cause,
    ],
  ];
  for (const [globals, message, cause] of table) {
    const error = withGlobals(globals, () => assertThrows(() => readEnvironment("A"), PrefactorClientError));
    assertEquals([error.message, error.cause], [message, cause]);
  }
});

Deno.test("runtimeEnvironment() detects this runtime", () => {
  const environment = runtimeEnvironment();
  assertEquals(environment, {
    prefactor_sdk: PREFACTOR_SDK,
    runtime: `deno@${Deno.version.deno}`,
    os: Deno.build.os,
  });
  assertEquals(isRuntimeEnvironment(environment), true);
});

Deno.test("runtimeEnvironment() needs no permission and does not prompt", async () => {
  const source = `import { runtimeEnvironment } from "${import.meta.resolve("../src/environment.ts")}";
console.log(JSON.stringify(runtimeEnvironment()));`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-config", `data:text/typescript,${encodeURIComponent(source)}`],
    stdin: "null",
  }).output();
  const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals(error, "");
  assertEquals(JSON.parse(out!), runtimeEnvironment());
});

Deno.test("runtimeEnvironment() detects Bun, Node and the operating system", () => {
  const table: [globals: { Deno?: unknown; process?: unknown }, expected: RuntimeEnvironment][] = [
    [
      { process: { versions: { node: "24.3.0", bun: "1.4.5" }, platform: "darwin" } },
      { runtime: "bun@1.4.5", os: "darwin" },
    ],
    [{ process: { versions: { node: "20.20.2" }, platform: "win32" } }, {
      runtime: "node@20.20.2",
      os: "windows",
    }],
    [{ Deno: { version: { deno: "2.9.6" }, build: { os: "windows" } } }, {
      runtime: "deno@2.9.6",
      os: "windows",
    }],
    [{ process: { env: {}, versions: {}, platform: "browser" } }, {}],
    [{ process: { env: {} } }, {}],
    [{}, {}],
  ];
  for (const [globals, expected] of table) {
    assertEquals(withGlobals(globals, runtimeEnvironment), { prefactor_sdk: PREFACTOR_SDK, ...expected });
  }
});

Deno.test("runtimeEnvironment() has the packages of the agent", () => {
  assertEquals(runtimeEnvironment("langchain@1.2.0").agent_sdk, ["langchain@1.2.0"]);
  assertEquals(runtimeEnvironment(["langchain@1.2.0", "zod@4.0.0"]).agent_sdk, [
    "langchain@1.2.0",
    "zod@4.0.0",
  ]);
  assertEquals(runtimeEnvironment([]).agent_sdk, []);
});
