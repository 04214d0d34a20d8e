/**
 * A sandbox server, its page in headless Chromium, and a client that records.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { PrefactorHttpClient } from "@prefactor/http";
import { type SandboxServer, type SandboxServerOptions, serveSandbox } from "@prefactor/http/sandbox";
import { type BrowserContextOptions, chromium, type Page } from "npm:playwright-core@1.65.1";
import { findChromium } from "../runtimes/chromium.ts";

/** The tools of a test of the page. */
export interface Stage {
  readonly page: Page;
  readonly server: SandboxServer;
  readonly client: PrefactorHttpClient;
  /** The version of the browser. */
  readonly browser: string;
}

const SCREENSHOTS = new URL("screenshots/", import.meta.url);

/** The options of a test: those of the browser and the server, and the console errors that are allowed. */
export interface StageOptions extends BrowserContextOptions {
  readonly server?: SandboxServerOptions;
  readonly allowedErrors?: RegExp;
}

/** Opens the page of a new sandbox. Fails if the page reports an error on its console. */
export async function onPage(
  use: (stage: Stage) => Promise<void>,
  { server: serverOptions, allowedErrors, ...context }: StageOptions = {},
): Promise<void> {
  const executablePath = findChromium();
  if (!executablePath) {
    throw new Error(
      "Cannot test the page: Chromium is not installed; on Debian, run `apt-get install -y chromium`",
    );
  }
  const server = await serveSandbox(serverOptions);
  const client = new PrefactorHttpClient({
    apiUrl: server.url,
    apiToken: server.token,
    initialRetryDelay: 1,
  });
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const problems: string[] = [];
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...context });
    page.setDefaultTimeout(10_000);
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(String(error)));
    await page.goto(server.url);
    await use({ page, server, client, browser: browser.version() });
    assertEquals(problems.filter((problem) => !allowedErrors?.test(problem)), []);
  } finally {
    await browser.close();
    await client.close();
    await server.close();
  }
}

/** Shows a view of the page by its address, such as `/runs/1`. */
export async function show(page: Page, address: string): Promise<void> {
  await page.evaluate((address) => location.hash = address, `#${address}`);
}

/** Saves what the page shows to the folder of screenshots. */
export async function screenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: new URL(`${name}.png`, SCREENSHOTS).pathname, animations: "disabled" });
}
