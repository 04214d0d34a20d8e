import { assertEquals } from "@std/assert";
import { json, makeClient } from "../helpers.ts";
import { adminOf, RESOURCES } from "./rows.ts";

for (const name of RESOURCES) {
  Deno.test(`${name}.listAll() yields the rows of all pages`, async () => {
    const { client, sent } = makeClient((_sent, index) =>
      json({ summaries: [{ id: `x-${index}` }], pagination: { next_page_offset: index === 0 ? 1 : null } })
    );
    const rows = await Array.fromAsync(adminOf(client)[name].listAll({ agent_id: "a-1" }));
    assertEquals(rows.map(({ id }) => id), ["x-0", "x-1"]);
    assertEquals(sent.map(({ url }) => [...new URL(url).searchParams]), [
      [["agent_id", "a-1"], ["pagination[page_size]", "100"]],
      [["agent_id", "a-1"], ["pagination[page_size]", "100"], ["pagination[offset]", "1"]],
    ]);
  });
}
