import { assertEquals } from "@std/assert";
import { abortOn } from "../src/abort_signals.ts";
import { countListeners } from "./helpers.ts";

/** Creates a controller and a function that adds a target, which records its name and the reason of its abort. */
function setUp() {
  const controller = new AbortController();
  const aborted: [name: string, reason: unknown][] = [];
  const add = (name: string) =>
    abortOn(controller.signal, { abort: (reason) => aborted.push([name, reason]) });
  return { controller, aborted, add };
}

Deno.test("abortOn() aborts each target once, with the reason of the signal", () => {
  const { controller, aborted, add } = setUp();
  add("a");
  add("b");
  assertEquals(aborted, []);
  controller.abort("stop");
  controller.abort("again");
  assertEquals(aborted, [["a", "stop"], ["b", "stop"]]);
});

Deno.test("abortOn() returns a function that removes only its own target, even if it is called twice", () => {
  const { controller, aborted, add } = setUp();
  const remove = add("a");
  add("b");
  remove();
  remove();
  controller.abort("stop");
  assertEquals(aborted, [["b", "stop"]]);
});

Deno.test("abortOn() adds one listener for all targets of a signal, and removes it with the last", () => {
  const { controller, aborted, add } = setUp();
  const listeners = countListeners(controller.signal);
  const removers = ["a", "b", "c"].map(add);
  assertEquals(listeners(), 1);
  removers[0]!();
  assertEquals(listeners(), 1);
  removers.slice(1).forEach((remove) => remove());
  assertEquals(listeners(), 0);
  add("d");
  assertEquals(listeners(), 1);
  controller.abort("stop");
  assertEquals(aborted, [["d", "stop"]]);
});

Deno.test("abortOn() does not abort a target that the abort of another one removes", () => {
  const { controller, aborted, add } = setUp();
  abortOn(controller.signal, { abort: () => remove() });
  const remove = add("b");
  controller.abort("stop");
  assertEquals(aborted, []);
});

Deno.test("abortOn() keeps the targets of two signals separate", () => {
  const [first, second] = [setUp(), setUp()];
  first.add("a");
  second.add("b");
  first.controller.abort("stop");
  assertEquals([first.aborted, second.aborted], [[["a", "stop"]], []]);
});
