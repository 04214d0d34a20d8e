import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { PrefactorClientError } from "@prefactor/http";
import type { SandboxServerOptions } from "@prefactor/http/sandbox";
import { HELP, parseFlags } from "../../src/testing/server_options.ts";

const FLAGS = [...HELP.matchAll(/^ {2}(--[\w-]+)/gm)].map(([, name]) => name!);

Deno.test("parseFlags() reads every flag, with a space or an equals sign before its value", () => {
  const options: SandboxServerOptions = {
    port: 0,
    hostname: "::1",
    token: "a=b",
    faults: 0.2,
    faultKinds: ["cut", "status"],
    seed: 7,
    maxRecords: 5,
    maxBytes: 1e6,
  };
  const pairs = [
    ["--port", "0"],
    ["--hostname", "::1"],
    ["--token", "a=b"],
    ["--faults", "0.2"],
    ["--fault-kinds", "cut,status"],
    ["--seed", "7"],
    ["--max-records", "5"],
    ["--max-bytes", "1e6"],
  ];
  assertEquals(parseFlags(pairs.flat()), options);
  assertEquals(parseFlags(pairs.map((pair) => pair.join("="))), options);
  assertEquals(FLAGS, [...pairs.map(([name]) => name), "--help"]);
});

Deno.test("parseFlags() chooses the port 8787 and leaves the other defaults to the server", () => {
  assertEquals(parseFlags([]), { port: 8787 });
});

Deno.test("parseFlags() returns nothing if the help is wanted, whatever else is there", () => {
  assertEquals(parseFlags(["--help"]), undefined);
  assertEquals(parseFlags(["--port", "x", "-h"]), undefined);
});

for (
  const [args, message] of [
    [["--ports", "1"], "'flag' must be one of --port, --hostname, .*, but is \"--ports\""],
    [["8787"], "'flag' must be one of .*, but is \"8787\""],
    [["--token"], "'--token' must be a non-empty value, but is undefined"],
    [["--token="], "'--token' must be a non-empty value, but is \"\""],
    [["--faults", "20%"], "'--faults' must be a number, but is \"20%\""],
  ] as const
) {
  Deno.test(`parseFlags() rejects ${args.join(" ")}`, () => {
    const error = assertThrows(() => parseFlags(args), PrefactorClientError);
    assertMatch(error.message, new RegExp(`^Cannot start the sandbox: ${message}$`));
  });
}

Deno.test("HELP fits into 80 columns and agrees with the documentation of the module", async () => {
  for (const line of HELP.split("\n")) assert(line.length <= 80, line);
  const server = await Deno.readTextFile(new URL("../../src/testing/server.ts", import.meta.url));
  const documented = server.slice(0, server.indexOf("@module")).matchAll(/^ \* - (`.*?`):/gm);
  assertEquals([...documented].flatMap(([, names]) => names!.match(/--[\w-]+/g)!), FLAGS);
});
