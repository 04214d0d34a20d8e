/**
 * Runs property tests. Each runs `FUZZ_RUNS` cases (defaults to 1,000), but for ten seconds at most. The seed,
 * `FUZZ_SEED`, defaults to a random number and is printed.
 *
 * @module
 */

// deno-lint-ignore no-import-prefix -- only these tests use it
import fc from "npm:fast-check@4.10.2";

export { fc };

const MAX_MS = 10_000;

const RUNS = number("FUZZ_RUNS", 1_000);
const SEED = number("FUZZ_SEED", crypto.getRandomValues(new Int32Array(1))[0]!);

function number(variable: string, fallback: number): number {
  const text = Deno.env.get(variable);
  const value = text ? Number(text) : fallback;
  if (!Number.isSafeInteger(value)) {
    throw new Error(`Cannot fuzz: ${variable} must be an integer, but is ${text}`);
  }
  return value;
}

/** Registers a test of the property. The test fails with the smallest counterexample. */
export function property<Case extends [unknown, ...unknown[]]>(
  name: string,
  arbitraries: { [Index in keyof Case]: fc.Arbitrary<Case[Index]> },
  holds: (...args: Case) => void | Promise<void>,
): void {
  Deno.test(name, async () => {
    const details = await fc.check(
      fc.asyncProperty(...arbitraries, async (...args: Case) => await holds(...args)),
      { seed: SEED, numRuns: RUNS, interruptAfterTimeLimit: MAX_MS, markInterruptAsFailure: false },
    );
    console.log(`${details.numRuns} cases, FUZZ_SEED=${SEED}`);
    if (details.failed) throw new Error(fc.defaultReportMessage(details), { cause: details.errorInstance });
  });
}

/** Generates values of every kind, including values that are not JSON. */
export function anything(): fc.Arbitrary<unknown> {
  return fc.oneof(
    fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      withNullPrototype: true,
      maxDepth: 2,
    }),
    fc.constantFrom<unknown[]>(
      undefined,
      null,
      "",
      "active",
      "success",
      "2026-01-01T00:00:00Z",
      0,
      -0,
      NaN,
      Infinity,
      2 ** 53,
      1.5,
      [],
      {},
      [{}],
      Symbol("any"),
      () => {},
      new Date(NaN),
      new Date(0),
      new Date(8.64e15),
      /any/,
    ),
  );
}

/** Generates objects with at most `maxLength` of the fields. */
export function some(
  fields: Record<string, fc.Arbitrary<unknown>>,
  maxLength: number,
): fc.Arbitrary<Record<string, unknown>> {
  return fc.subarray(Object.keys(fields), { maxLength }).chain((names) =>
    fc.record(Object.fromEntries(names.map((name) => [name, fields[name]!])))
  );
}
