import { assertEquals } from "@std/assert";
import { withoutSensitive } from "../../src/testing/sensitive.ts";

Deno.test("withoutSensitive() empties wrappers at every depth and changes nothing else", () => {
  const name = { $sensitive: "string", value: "Ada", labels: ["name"] };
  const age = { $sensitive: "number", value: 36 };
  const payload = { name, list: [age, [name], 1, null], deep: { age }, $sensitive: 1, value: "kept" };
  assertEquals(withoutSensitive(payload), {
    name: { ...name, value: null },
    list: [{ ...age, value: null }, [{ ...name, value: null }], 1, null],
    deep: { age: { ...age, value: null } },
    $sensitive: 1,
    value: "kept",
  });
  assertEquals(name.value, "Ada");
});
