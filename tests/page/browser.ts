/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * Tests of the sandbox's page in Chromium: `deno task test:page`. They save screenshots to `tests/page/screenshots`.
 *
 * @module
 */

import { assert, assertEquals, assertLess, assertMatch, assertNotEquals } from "@std/assert";
import { bulkItem, PrefactorHttpClient, PrefactorTerminatedError, relatedPfid } from "@prefactor/http";
import { RunRecorder } from "@prefactor/http/recorder";
import { serveSandbox } from "@prefactor/http/sandbox";
import axe from "npm:axe-core@4.14.1";
import type { Locator, Page } from "npm:playwright-core@1.65.1";
import { onPage, screenshot, show } from "./harness.ts";
import { CuttableProxy } from "./proxy.ts";
import { record, REFUND, type Step } from "./record.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

const rowOfRun = (page: Page, id: string) => page.locator(`[data-run-id="${id}"]`);
const rowOfSpan = (page: Page, id: string) => page.locator(`[role=treeitem][data-span-id="${id}"]`);
const barOf = (page: Page, id: string) => page.locator(`[data-span-id="${id}"]:not([role=treeitem])`);
const panelOf = (page: Page) => page.getByRole("complementary");

/** Waits until the element contains the text. */
async function hasText(locator: Locator, text: string | RegExp): Promise<void> {
  await locator.filter({ hasText: text }).waitFor();
}

/** Waits until a function in the page returns true. */
async function holds<T>(page: Page, condition: (argument: T) => boolean, argument: T): Promise<void> {
  await page.waitForFunction(condition as (argument: unknown) => boolean, argument);
}

Deno.test("an empty sandbox shows a program that records a run, which appears without a reload", async () => {
  await onPage(async ({ page, server }) => {
    const program = await page.getByLabel("program", { exact: true }).textContent();
    assertEquals(program!.split("\n").length, 5);
    const variables = await page.getByLabel("variables", { exact: true }).textContent();
    assertEquals(/PREFACTOR_API_URL=(.*)/.exec(variables!)?.[1], server.url);
    assert(variables!.includes("PREFACTOR_API_TOKEN="));
    await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }));

    const file = await Deno.makeTempFile({ suffix: ".ts" });
    await Deno.writeTextFile(file, program!);
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", "--import-map", `${ROOT}tools/std_stand_ins/import_map.json`, file],
      env: { PREFACTOR_API_URL: server.url, PREFACTOR_API_TOKEN: server.token },
      stdin: "null",
    }).output();
    await Deno.remove(file);
    assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);

    await hasText(page.locator("[data-run-id]"), /greeter.*complete.*1 span/s);
    assertEquals(await page.evaluate(() => "isSamePage" in globalThis), true);
  });
});

Deno.test("runs appear as they are recorded, newest first, with their status and counts", async () => {
  await onPage(async ({ page, client }) => {
    const first = await record(client, {
      agent: { agent_version: { external_identifier: "1.4.0" } },
      steps: [],
    });
    const row = rowOfRun(page, first.id);
    await hasText(row, /librarian.*1\.4\.0.*Live.*active.*0 spans/s);
    const step = { agent_instance_id: first.id, schema_name: "a", status: "active" } as const;
    const span = await client.agentSpans.create(step);
    await hasText(row, "1 span · 1 active");
    await client.agentSpans.finish(span.id, { status: "failed" });
    await client.agentInstances.finish(first.id, { status: "failed" });
    await hasText(row, /failed.*1 span · 1 failed/s);
    assertEquals(await row.getByText("Live").isVisible(), false);

    const second = await record(client, { agent: { agent_id: "second" }, steps: [] });
    await rowOfRun(page, second.id).waitFor();
    const ids = await page.locator("[data-run-id]").evaluateAll((rows) =>
      rows.map((row) => row.dataset["runId"])
    );
    assertEquals(ids, [second.id, first.id]);
    await client.agentInstances.terminate(second.id, { reason: "Over budget" });
    await hasText(rowOfRun(page, second.id), /Over budget.*terminated/s);
  });
});

Deno.test("runs can be filtered by text and status", async () => {
  await onPage(async ({ page, client }) => {
    const ids: string[] = [];
    for (
      const [agent_id, status] of [["librarian", "complete"], ["gardener", "failed"], [
        "librarian",
        "failed",
      ]] as const
    ) {
      ids.push((await record(client, { agent: { agent_id }, steps: [], status })).id);
    }
    const shown = (expected: string[]) =>
      holds(page, (expected) => {
        const rows = [...document.querySelectorAll<HTMLElement>("[data-run-id]")];
        return rows.map((row) => row.dataset["runId"]).sort().join() === expected;
      }, [...expected].sort().join());
    await shown(ids);
    await page.keyboard.press("/");
    await page.keyboard.type("LIBR");
    await shown([ids[0]!, ids[2]!]);
    await page.getByLabel("Status", { exact: true }).selectOption({ label: "Failed (2)" });
    await shown([ids[2]!]);
    await page.keyboard.press("/");
    await page.getByRole("searchbox").fill("nobody");
    await page.getByRole("button", { name: "Clear the filter" }).click();
    await shown(ids);
  });
});

Deno.test("a run shows its spans as a tree beside bars to scale", async () => {
  await onPage(async ({ page, client }) => {
    const { id, spans } = await record(client, REFUND);
    await rowOfRun(page, id).getByRole("link").click();
    await page.getByRole("heading", { name: "refund-assistant" }).waitFor();

    const rows = page.getByRole("treeitem");
    assertEquals(await rows.count(), spans.length);
    const [answer, plan, chat, find, search, policy] = spans;
    const order = await rows.evaluateAll((rows) => rows.map((row) => row.dataset["spanId"]));
    // siblings are in the order of their starts
    assertEquals(order.slice(0, 6), [answer, plan, chat, find, search, policy]);
    const levels = await rows.evaluateAll((rows) => rows.map((row) => row.ariaLevel));
    assertEquals(levels, ["1", "2", "3", "2", "3", "2", "2", "2", "3", "2", "3", "3"]);
    await hasText(rowOfSpan(page, find!), /Find order.*tool:find_order.*schema mismatch.*480 ms/s);
    await hasText(
      rowOfSpan(page, spans[9]!),
      /failed.*Refund.*RefundError: amount must be a number.*1\.11 s/s,
    );

    const lane = await rowOfSpan(page, answer!).locator(".lane").boundingBox();
    for (
      const [id, from, to] of [[answer, 4, 4_318], [plan, 12, 905], [search, 940, 1_398], [
        spans[11],
        3_820,
        4_290,
      ]] as const
    ) {
      const bar = await barOf(page, id!).boundingBox();
      const scale = lane!.width / 4_320;
      assertLess(Math.abs(bar!.x - lane!.x - from * scale), 1);
      assertLess(Math.abs(bar!.width - (to - from) * scale), 1);
    }
    const colours = await Promise.all(
      [plan, spans[9]].map((id) => barOf(page, id!).evaluate((bar) => getComputedStyle(bar).backgroundColor)),
    );
    assertNotEquals(colours[0], colours[1]);
    const ticks = await page.locator(".ruler span").allTextContents();
    assertEquals(ticks, ["0", "1 s", "2 s", "3 s", "4 s"]);
    const tick = await page.locator(".ruler span").nth(2).boundingBox();
    assertLess(Math.abs(tick!.x - lane!.x - 2_000 * lane!.width / 4_320), 1);
  });
});

Deno.test("spans appear in the order of their starts, and an active span grows until it ends", async () => {
  await onPage(async ({ page, client }) => {
    const start = Date.now() - 3_100; // the timeline is rescaled at 5 s
    const { id, spans: [first] } = await record(client, {
      agent: {},
      steps: [{ type: "b", from: 50 }],
      start,
    });
    await show(page, `/runs/${id}`);
    const bar = barOf(page, first!);
    const { width } = (await bar.boundingBox())!;
    await holds(page, ({ id, width }) => {
      const bar = document.querySelector(`[data-span-id="${id}"]:not([role=treeitem])`);
      return bar!.getBoundingClientRect().width > width + 5;
    }, { id: first!, width });
    const { id: second } = await client.agentSpans.create({
      agent_instance_id: id,
      schema_name: "a",
      status: "complete",
      started_at: new Date(start + 10),
      finished_at: new Date(start + 20),
    });
    await rowOfSpan(page, second).waitFor();
    const ids = await page.getByRole("treeitem").evaluateAll((rows) =>
      rows.map((row) => row.dataset["spanId"])
    );
    assertEquals(ids, [second, first]);
    await client.agentSpans.finish(first!, { timestamp: new Date(start + 4_050), result_payload: { n: 1 } });
    await hasText(rowOfSpan(page, first!), "4.00 s");
  });
});

Deno.test("Terminate asks for the reason, and the agent's signal aborts with it", async () => {
  await onPage(async ({ page, client }) => {
    const run = new RunRecorder(client, {
      agent_id: "librarian",
      agent_version: {},
      agent_schema_version: {},
    }, { maxDelay: 0 });
    const { id } = await run.ready;
    await show(page, `/runs/${id}`);
    await page.getByRole("button", { name: "Terminate" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Terminate" }).click();
    assertEquals(await dialog.isVisible(), true, "a reason is required");
    await dialog.getByLabel("Reason").fill("It repeats itself");
    await dialog.getByRole("button", { name: "Terminate" }).click();
    await page.getByText("Terminated: It repeats itself").waitFor();
    assertEquals(await dialog.count(), 0);
    assertEquals(await page.getByRole("button", { name: "Terminate" }).isVisible(), false);

    const aborted = new Promise((resolve) => run.signal.addEventListener("abort", resolve));
    run.startSpan("a")[Symbol.dispose]();
    await aborted;
    assert(run.signal.reason instanceof PrefactorTerminatedError);
    assertMatch(run.signal.reason.message, /It repeats itself/);
    await run.finish();
  });
});

Deno.test("an action that the server rejects shows the reason, and the dialog stays open", async () => {
  await onPage(async ({ page, client }) => {
    const { id } = await record(client, { agent: {}, steps: [] });
    await show(page, `/runs/${id}`);
    await page.getByRole("button", { name: "Terminate" }).click();
    await client.agentInstances.finish(id);
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Reason").fill("Too late");
    await dialog.getByRole("button", { name: "Terminate" }).click();
    await hasText(dialog.getByRole("alert"), `'status' must be "active", but is "complete"`);
    await page.keyboard.press("Escape");
    assertEquals(await dialog.count(), 0);
  }, { allowedErrors: /422/ });
});

const MARKUP = `<img src=x onerror="globalThis.hacked = true"><script>globalThis.hacked = true</script>`;

Deno.test("recorded markup stays text in every view", async () => {
  await onPage(async ({ page, client }) => {
    const { id, spans: [first] } = await record(client, {
      agent: {
        agent_id: MARKUP,
        agent_version: { external_identifier: MARKUP },
        agent_schema_version: {
          span_type_schemas: [{
            name: MARKUP,
            title: MARKUP,
            description: MARKUP,
            params_schema: { required: [MARKUP] },
          }],
        },
        external_identifier: MARKUP,
      },
      steps: [{
        type: MARKUP,
        from: 0,
        to: 5,
        failed: true,
        payload: { [MARKUP]: [MARKUP] },
        result: { error: { name: MARKUP, message: MARKUP } },
      }],
    });
    await client.agentInstances.terminate(id, { reason: MARKUP });
    await client.agents.create({ name: MARKUP });
    for (
      const address of [
        "/",
        `/runs/${id}`,
        `/runs/${id}/${first}`,
        `/runs/${encodeURIComponent(MARKUP)}`,
        "/requests",
      ]
    ) {
      await show(page, address);
      if (address.endsWith(first!)) await panelOf(page).getByText(MARKUP).first().waitFor();
      assertEquals(await page.locator("main img, main script").count(), 0, address);
    }
    await page.locator("[data-request-id] a").first().click();
    await panelOf(page).getByText("onerror").first().waitFor();
    assertEquals(await page.evaluate(() => "hacked" in globalThis), false);
    assertEquals(await page.locator("main img, main script").count(), 0);
  });
});

Deno.test("10,000 spans open quickly and scroll without a stall", async () => {
  await onPage(async ({ page, server, client, browser }) => {
    const { id } = await record(client, { agent: { agent_id: "crawler" }, steps: [] });
    const start = Date.now() - 60_000;
    const ids = Array.from({ length: 10_000 }, () => relatedPfid(id));
    const { failed } = await client.bulk.executeAll(ids.map((span, index) =>
      bulkItem("agent_spans/create", {
        id: span,
        agent_instance_id: id,
        parent_span_id: index === 0 ? null : ids[Math.floor((index - 1) / 9)],
        schema_name: "tool:fetch",
        status: index % 97 === 5 ? "failed" : "complete",
        payload: { url: `https://example.com/${index}` },
        result_payload: index % 97 === 5 ? { error: "404" } : { bytes: index },
        started_at: new Date(start + index * 5),
        finished_at: new Date(start + index * 5 + 40 + index % 300),
      })
    ));
    assertEquals(failed, []);

    await page.goto("about:blank");
    const openedAt = performance.now();
    await page.goto(`${server.url}/#/runs/${id}`);
    await hasText(page.locator("header"), "10,000 spans");
    await page.getByRole("treeitem").first().waitFor();
    const opening = performance.now() - openedAt;

    const { frames, most } = await page.getByRole("tree").evaluate(async (tree) => {
      const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
      const frames: number[] = [];
      let most = 0;
      let last = await frame();
      for (let step = 0; step < 200; step++) {
        tree.scrollTop += step % 2 === 0 ? 90 : tree.scrollHeight / 100;
        const now = await frame();
        frames.push(now - last);
        last = now;
        most = Math.max(most, tree.querySelectorAll("[role=treeitem]").length);
      }
      return { frames: frames.sort((a, b) => a - b), most };
    });
    const worst = frames.at(-1)!;
    const median = frames[frames.length / 2]!;
    console.log(
      `Chromium ${browser}: 10,000 spans open in ${Math.round(opening)} ms; ` +
        `while scrolling the median frame takes ${median.toFixed(1)} ms, the worst ${worst.toFixed(1)} ms`,
    );
    assertLess(opening, 3_000);
    assertLess(worst, 200);
    assertLess(most, 80);

    await page.getByRole("tree").focus();
    await page.keyboard.press("End");
    const last = page.locator("[role=treeitem][aria-selected=true]");
    await holds(page, () => {
      const row = document.querySelector("[aria-selected=true]")!.getBoundingClientRect();
      const tree = document.querySelector("[role=tree]")!.getBoundingClientRect();
      return row.bottom <= tree.bottom + 1 && row.top > tree.top + 100;
    }, undefined);
    assertNotEquals(await last.getAttribute("data-span-id"), ids[0]);
    await page.keyboard.press("/");
    await page.keyboard.type(ids[9_999]!);
    await rowOfSpan(page, ids[9_999]!).waitFor();
    assertEquals(await page.getByRole("treeitem").count(), 6); // the span and its ancestors
  }, { server: { maxRecords: 10_000 } });
});

Deno.test("the first run is shown soon after it is registered", async () => {
  await onPage(async ({ page, client, browser }) => {
    await page.getByText("No runs yet").waitFor();
    const registeredAt = performance.now();
    await record(client, { agent: {}, steps: [] });
    await page.locator("[data-run-id]").waitFor();
    const time = performance.now() - registeredAt;
    console.log(
      `Chromium ${browser}: the first run is shown ${Math.round(time)} ms after its registration began`,
    );
    assertLess(time, 1_000);
  });
});

Deno.test("the keyboard moves, folds and opens spans, filters them and goes back", async () => {
  await onPage(async ({ page, client }) => {
    const { id, spans } = await record(client, REFUND);
    await rowOfRun(page, id).getByRole("link").focus();
    await page.keyboard.press("Enter");
    const tree = page.getByRole("tree");
    await tree.waitFor();
    const selected = () => page.locator("[role=treeitem][aria-selected=true]").getAttribute("data-span-id");
    for (let n = 0; n < 20 && !await tree.evaluate((tree) => tree === document.activeElement); n++) {
      await page.keyboard.press("Tab");
    }
    assertEquals(await selected(), spans[0]);
    await page.keyboard.press("ArrowDown");
    assertEquals(await selected(), spans[1]);
    const active = await tree.getAttribute("aria-activedescendant");
    assertEquals(await page.locator(`[id="${active}"]`).getAttribute("data-span-id"), spans[1]);

    const plan = rowOfSpan(page, spans[1]!);
    await page.keyboard.press("ArrowLeft");
    assertEquals([await plan.getAttribute("aria-expanded"), await rowOfSpan(page, spans[2]!).count()], [
      "false",
      0,
    ]);
    await page.keyboard.press("ArrowDown");
    assertEquals(await selected(), spans[3]);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowRight");
    assertEquals([await plan.getAttribute("aria-expanded"), await rowOfSpan(page, spans[2]!).count()], [
      "true",
      1,
    ]);
    await page.keyboard.press("ArrowRight");
    assertEquals(await selected(), spans[2]);
    await page.keyboard.press("ArrowLeft");
    assertEquals(await selected(), spans[1]);
    await page.keyboard.press("End");
    assertEquals(await selected(), spans[11]);
    await page.keyboard.press("Home");
    assertEquals(await selected(), spans[0]);

    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await panelOf(page).getByRole("heading", { name: "Plan" }).waitFor();
    assertEquals(await panelOf(page).evaluate((panel) => panel.contains(document.activeElement)), true);
    await page.keyboard.press("Escape");
    assertEquals([
      await panelOf(page).isVisible(),
      await tree.evaluate((tree) => tree === document.activeElement),
    ], [
      false,
      true,
    ]);

    await page.keyboard.press("/");
    await page.keyboard.type("tool:refund");
    await holds(page, () => document.querySelectorAll("[role=treeitem]").length === 2, undefined);
    await page.keyboard.press("Escape");
    await holds(page, () => document.querySelectorAll("[role=treeitem]").length === 12, undefined);
    await page.keyboard.press("Escape"); // leaves the field
    await page.keyboard.press("Escape"); // goes back
    await page.getByRole("heading", { name: "Runs" }).waitFor();
  });
});

Deno.test("a run links to the origin of its failure, and its spans can be found by a text in their payloads", async () => {
  await onPage(async ({ page, client }) => {
    const { id, spans } = await record(client, REFUND);
    await show(page, `/runs/${id}`);
    const shown = () =>
      page.getByRole("treeitem").evaluateAll((rows) => rows.map((row) => row.dataset["spanId"]));
    await page.getByRole("searchbox").fill("6 DAYS ago");
    await rowOfSpan(page, spans[7]!).waitFor();
    assertEquals(await shown(), [spans[0], spans[7]]);
    await page.getByLabel("Status", { exact: true }).selectOption({ label: "Schema mismatch (1)" });
    await page.getByText("No span matches the filter").waitFor();
    await page.getByRole("button", { name: "Failed in HTTP request: HttpError: 400 from pay.example.com" })
      .click();
    await panelOf(page).getByText("https://pay.example.com/v1/refunds").first().waitFor();
    assertEquals(await rowOfSpan(page, spans[11]!).getAttribute("aria-selected"), "true");
    await page.getByRole("button", { name: "First schema mismatch: Find order" }).click();
    await panelOf(page).getByRole("heading", { name: "Find order" }).waitFor();
  });
});

Deno.test("a click folds a span, and all can be folded at once", async () => {
  await onPage(async ({ page, client }) => {
    const { id, spans } = await record(client, REFUND);
    await show(page, `/runs/${id}`);
    await rowOfSpan(page, spans[0]!).locator(".twisty").click();
    assertEquals(await page.getByRole("treeitem").count(), 1);
    assertEquals(await panelOf(page).isVisible(), false);
    await rowOfSpan(page, spans[0]!).locator(".twisty").click();
    await page.getByRole("button", { name: "Fold or unfold all" }).click();
    assertEquals(await page.getByRole("treeitem").count(), 7);
    await page.getByRole("button", { name: "Fold or unfold all" }).click();
    assertEquals(await page.getByRole("treeitem").count(), 12);
  });
});

Deno.test("the details of a span can be read, unfolded and copied, and linked to", async () => {
  await onPage(async ({ page, client }) => {
    const { id, spans } = await record(client, {
      ...REFUND,
      start: new Date(2024, 4, 6, 7, 8, 9, 10).getTime(),
    });
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await show(page, `/runs/${id}`);
    await rowOfSpan(page, spans[3]!).click();
    const panel = panelOf(page);
    for (
      const text of [
        "Find order",
        "result_payload: total must be of type number",
        "2024-05-06, 07:08:09.940",
        "2024-05-06, 07:08:10.420",
        "480 ms",
        "930 ms",
        "tool:find_order",
        spans[3]!,
        "Classification: internal",
        "Included: contact information",
        "Allowed: read data",
        "ada@example.com",
      ]
    ) await panel.getByText(text).first().waitFor();
    await panel.getByRole("button", { name: "Copy result" }).click();
    await panel.getByText("Copied").waitFor();
    assertEquals(JSON.parse(await page.evaluate(() => navigator.clipboard.readText())), {
      order: "A-2214",
      item: "kettle",
      total: "49,90",
    });
    await panel.getByRole("button", { name: "Answer" }).click();
    await panel.getByRole("heading", { name: "Answer" }).waitFor();
    await panel.getByText("RefundError: amount must be a number").first().waitFor();

    await page.goto(`${page.url().split("#")[0]}#/runs/${id}/${spans[2]}`);
    await page.reload();
    await panel.getByRole("heading", { name: "Chat completion" }).waitFor();
    assertEquals(await rowOfSpan(page, spans[2]!).getAttribute("aria-selected"), "true");
    const message = panel.getByText("You plan the steps of a refund.");
    assertEquals(await message.count(), 0);
    await panel.locator("summary", { hasText: "messages" }).waitFor();
    await panel.locator("summary", { hasText: /^0:/ }).first().click();
    await message.waitFor();
    await panel.getByRole("button", { name: "Close" }).click();
    assertEquals(await panel.isVisible(), false);
    assertMatch(page.url(), new RegExp(`#/runs/${id}$`));
  });
});

Deno.test("long texts, long lists and deep payloads are shown in parts, to their end", async () => {
  await onPage(async ({ page, client }) => {
    const deep = JSON.parse(`${'{"a":'.repeat(300)}1${"}".repeat(300)}`);
    const payload = {
      text: `${"x".repeat(5_000)}END`,
      list: Array.from({ length: 250 }, (_, n) => `item-${n}`),
      deep,
    };
    const { id, spans } = await record(client, {
      agent: {},
      steps: [{ type: "a", from: 0, to: 1, payload }],
    });
    await show(page, `/runs/${id}/${spans[0]}`);
    const panel = panelOf(page);
    assertEquals(await panel.getByText("xEND").count(), 0);
    await panel.getByRole("button", { name: "Show all 5,003 characters" }).click();
    await panel.getByText("xEND").waitFor();
    await panel.locator("summary", { hasText: "list" }).click();
    await panel.getByRole("button", { name: "Show 100 more of 150" }).click();
    await panel.getByRole("button", { name: "Show 50 more of 50" }).click();
    await panel.getByText("item-249").waitFor();
    await panel.locator("summary", { hasText: /^a: / }).last().click();
    assertLess(await panel.locator("summary").count(), 12);
  });
});

Deno.test("requests show their fault, key, replay and bodies, and no view shows the token", async () => {
  await onPage(async ({ page, server, client }) => {
    await page.getByRole("button", { name: "Faults" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Fault", { exact: true }).selectOption("lose");
    await dialog.getByRole("button", { name: "Add" }).click();
    await page.getByRole("button", { name: "Faults 1 raised" }).waitFor();
    const idempotency_key = "key-of-the-agent";
    const agent = await client.agents.create({ name: `Named ${server.token}`, idempotency_key });
    await page.getByRole("button", { name: "Faults", exact: true }).waitFor();

    await page.getByRole("link", { name: /Requests/ }).click();
    const rows = page.locator("[data-request-id]");
    await hasText(rows.nth(1), new RegExp(`POST.*agent.*lose.*no response.*${idempotency_key}`, "s"));
    await hasText(rows.nth(0), new RegExp(`POST.*agent.*replay.*200.*${idempotency_key}`, "s"));
    await rows.nth(1).getByRole("link").click();
    const panel = panelOf(page);
    for (
      const text of [
        "Processed, response lost (lose)",
        "Response (not delivered)",
        "Named [token]",
        agent.id,
      ]
    ) await panel.getByText(text).first().waitFor();
    await rows.nth(0).getByRole("link").click();
    await panel.getByText("Yes, of the reply to the first request with this key").waitFor();

    const { id, spans } = await record(client, {
      agent: { agent_id: agent.id, external_identifier: server.token },
      steps: [{ type: server.token, from: 0, to: 1, payload: { [server.token]: server.token } }],
    });
    const addresses = ["/", `/runs/${id}`, `/runs/${id}/${spans[0]}`, ...await addressesOfRequests(page)];
    for (const address of addresses) {
      await show(page, address);
      await (address.startsWith("/requests/")
        ? panel.getByText("Headers")
        : page.getByText("[token]").first()).waitFor();
      assertEquals((await page.content()).includes(server.token), false, address);
    }
  });
});

/** Returns the addresses of all requests. */
async function addressesOfRequests(page: Page): Promise<string[]> {
  await show(page, "/requests");
  const links = await page.locator("[data-request-id] a").evaluateAll((links) =>
    links.map((link) => (link as HTMLAnchorElement).hash)
  );
  return links.map((hash) => hash.slice(1));
}

Deno.test("the requests of a run can be reached from it, and filtered", async () => {
  await onPage(async ({ page, client }) => {
    const { id } = await record(client, {
      agent: {},
      steps: [{ type: "a", from: 0, to: 1 }],
      status: "complete",
    });
    await client.agentInstances.finish(id).catch(() => {});
    await client.ping();
    await show(page, `/runs/${id}`);
    await page.getByRole("link", { name: "5 requests · 1 failed" }).click();
    const rows = page.locator("[data-request-id]");
    await page.getByRole("link", { name: "Run of librarian" }).waitFor();
    assertEquals(await rows.count(), 5);
    await page.getByLabel("Status", { exact: true }).selectOption({ label: "Failed (1)" });
    await hasText(rows, /finish.*409 invalid_action/s);
    assertEquals(await rows.count(), 1);
    await rows.getByRole("link").click();
    await panelOf(page).getByText('its status is "complete"').waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "Run of librarian" }).click();
    await page.getByLabel("Status", { exact: true }).selectOption({ label: "All (6)" });
    await holds(page, () => document.querySelectorAll("[data-request-id]").length === 6, undefined);
  });
});

Deno.test("faults are added for a percentage of requests, and cleared", async () => {
  await onPage(async ({ page, client }) => {
    await page.getByRole("button", { name: "Faults" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Status", { exact: true }).fill("500");
    await dialog.getByLabel("For", { exact: true }).selectOption("random");
    await dialog.getByLabel("Percentage of requests").fill("100");
    await dialog.getByRole("button", { name: "Add" }).click();
    await page.getByRole("button", { name: "Faults 1 raised" }).waitFor();
    const status = () => client.ping({ maxRetries: 0 }).then(() => 200, ({ statusCode }) => statusCode);
    assertEquals(await status(), 500);
    await page.getByRole("button", { name: "Faults 1 raised" }).click();
    await dialog.getByText("100 % of requests: status").waitFor();
    await dialog.getByRole("button", { name: "Clear all" }).click();
    await page.getByRole("button", { name: "Faults", exact: true }).waitFor();
    assertEquals(await status(), 200);
  });
});

Deno.test("Reset asks for confirmation and removes everything", async () => {
  await onPage(async ({ page, client }) => {
    const { id } = await record(client, REFUND);
    await show(page, `/runs/${id}`);
    await page.getByRole("button", { name: "Reset" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    assertEquals(await page.getByRole("treeitem").count(), 12);
    await page.getByRole("button", { name: "Reset" }).click();
    await dialog.getByRole("button", { name: "Reset" }).click();
    await page.getByText("There is no such run").waitFor();
    await page.getByRole("link", { name: "All runs" }).click();
    await page.getByText("No runs yet").waitFor();
  });
});

Deno.test("a run is downloaded as JSON", async () => {
  await onPage(async ({ page, client }) => {
    const { id, spans } = await record(client, REFUND);
    await show(page, `/runs/${id}`);
    const started = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download" }).click();
    const download = await started;
    const file = JSON.parse(await Deno.readTextFile(await download.path()));
    assertEquals([download.suggestedFilename(), file.run.id, file.spans.length], [
      `run-${id}.json`,
      id,
      spans.length,
    ]);
  });
});

Deno.test("the page resumes after a lost connection without loading everything again", async () => {
  await onPage(async ({ page, server, client }) => {
    await using proxy = new CuttableProxy(server.url);
    await page.goto(proxy.url);
    const first = await record(client, { agent: {}, steps: [] });
    await rowOfRun(page, first.id).waitFor();
    proxy.cut();
    await page.getByText("Connection lost, trying again").waitFor();
    const second = await record(client, { agent: {}, steps: [] });
    const { seen } = proxy;
    proxy.restore();
    await rowOfRun(page, second.id).waitFor();
    await page.getByText("Live", { exact: true }).first().waitFor();
    const later = proxy.seen.slice(seen.length);
    assertMatch(later, /GET \/_sandbox\/events[^]*last-event-id: \S+/i);
    assertEquals(later.includes("/_sandbox/state"), false);
  }, { allowedErrors: /ERR_/ });
});

Deno.test("the page loads its state again after the server was restarted", async () => {
  await onPage(async ({ page }) => {
    const first = await serveSandbox();
    await page.goto(first.url);
    await page.getByText("No runs yet").waitFor();
    const config = { apiUrl: first.url, apiToken: first.token };
    await record(new PrefactorHttpClient(config), { agent: {}, steps: [] });
    await page.locator("[data-run-id]").waitFor();
    await first.close();
    await page.getByText("Connection lost, trying again").waitFor();
    const second = await serveSandbox({ port: Number(new URL(first.url).port) });
    await page.getByText("No runs yet").waitFor();
    await page.goto("about:blank");
    await second.close();
  }, { allowedErrors: /ERR_/ });
});

/** Shows each view in turn. */
async function eachView(
  page: Page,
  client: PrefactorHttpClient,
  visit: (name: string) => Promise<void>,
): Promise<void> {
  await page.getByText("No runs yet").waitFor();
  await visit("empty");
  await recordOthers(client);
  const { id, spans } = await record(client, { ...REFUND, start: Date.now() - 4_400 });
  await page.locator("[data-run-id]").nth(5).waitFor();
  await visit("runs");
  await show(page, `/runs/${id}`);
  await page.getByRole("treeitem").nth(11).waitFor();
  await visit("run");
  await show(page, `/runs/${id}/${spans[3]}`);
  await panelOf(page).getByText("Data risk").waitFor();
  await visit("span");
  await show(page, "/requests");
  await page.locator("[data-request-id]").nth(8).waitFor();
  await visit("requests");
  await page.locator("[data-request-id] a").nth(2).click();
  await panelOf(page).getByText("Headers").waitFor();
  await visit("request");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Faults" }).click();
  await visit("faults");
  await page.keyboard.press("Escape");
}

/** Records runs of other agents: one is under way, one was terminated, one met faults. */
async function recordOthers(client: PrefactorHttpClient): Promise<void> {
  const start = Date.now();
  const steps: Step[] = [
    { type: "agent:plan", from: 5, to: 300, steps: [{ type: "llm:chat", from: 10, to: 290 }] },
    { type: "tool:search", from: 320, to: 900 },
  ];
  for (
    const [agent_id, version, ago] of [["librarian", "1.4.0", 320], ["invoice-reader", "0.9.2", 140], [
      "librarian",
      "1.4.1",
      65,
    ]] as const
  ) {
    await record(client, {
      agent: { agent_id, agent_version: { external_identifier: version } },
      steps,
      status: "complete",
      duration: 1_100,
      start: start - ago * 1_000,
    });
  }
  const watcher = await record(client, {
    agent: { agent_id: "price-watcher", agent_version: { external_identifier: "3.0.0" } },
    steps: [{ type: "tool:search", from: 5, to: 300 }, { type: "tool:search", from: 320 }],
    start: start - 9_000,
  });
  await client.agentInstances.terminate(watcher.id, { reason: "It asked for the same page 400 times" });
  await record(client, {
    agent: { agent_id: "nightly-report", agent_version: { external_identifier: "2026.11" } },
    steps: [{ type: "agent:plan", from: 5, to: 600 }, { type: "llm:chat", from: 620 }],
    start: start - 1_800,
  });
}

for (const colorScheme of ["light", "dark"] as const) {
  Deno.test(`every view is accessible, ${colorScheme}`, async () => {
    await onPage(async ({ page, client }) => {
      await eachView(page, client, async (view) => {
        await page.evaluate(axe.source);
        const { violations } = await page.evaluate(() =>
          (globalThis as unknown as { axe: typeof axe }).axe.run()
        );
        const found = violations.map(({ impact, id, nodes }) => `${view}: ${impact} ${id} ${nodes[0]?.html}`);
        assertEquals(found, []);
        await screenshot(page, `${view}_${colorScheme}`);
      });
    }, { colorScheme, viewport: { width: 1_280, height: 720 } });
  });
}

for (const width of [400, 1_000]) {
  Deno.test(`every view fits into ${width} px`, async () => {
    await onPage(async ({ page, client }) => {
      await eachView(page, client, async (view) => {
        const [needed, available] = await page.evaluate(
          () => [document.documentElement.scrollWidth, innerWidth],
        );
        assertEquals(needed, available, view);
        await screenshot(page, `${view}_${width}`);
      });
    }, { viewport: { width, height: 800 } });
  });
}
