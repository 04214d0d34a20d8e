import { assertEquals } from "@std/assert";
import { spy } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";
import { Pause, setBackgroundTimer, setForegroundTimer } from "../../src/recorder/timers.ts";

for (const setTimer of [setBackgroundTimer, setForegroundTimer]) {
  Deno.test(`${setTimer.name}() calls back after the delay, unless it is cleared`, () => {
    using time = new FakeTime();
    const calls: number[] = [];
    setTimer(() => calls.push(1), 1_000);
    const clear = setTimer(() => calls.push(2), 1_000);
    time.tick(999);
    assertEquals(calls, []);
    clear();
    time.tick(1);
    assertEquals(calls, [1]);
    clear();
  });

  Deno.test(`${setTimer.name}() accepts delays longer than the maximum of the platform`, () => {
    using time = new FakeTime();
    let calls = 0;
    for (const delay of [2 ** 31, Infinity]) setTimer(() => calls++, delay)();
    const clear = setTimer(() => calls++, 2 ** 40);
    time.tick(1_000_000);
    assertEquals(calls, 0);
    clear();
  });

  Deno.test(`${setTimer.name}() never sets a timer to a negative delay, of which Node and Deno warn`, () => {
    using setTimeout = spy(globalThis, "setTimeout");
    setTimer(() => {}, -1)();
    assertEquals(setTimeout.calls[0]!.args[1], 0);
  });

  Deno.test(`${setTimer.name}() clears its timer after the fake time is over`, () => {
    const time = new FakeTime();
    const clear = setTimer(() => {}, 1_000);
    time.restore();
    clear();
  });
}

Deno.test("Pause.wait() resolves after the delay, or at once when the pause ends", async () => {
  using time = new FakeTime();
  const pause = new Pause();
  const results: boolean[] = [];
  pause.end();
  pause.wait(1_000).then((isCut) => results.push(isCut));
  await time.tickAsync(999);
  assertEquals(results, []);
  await time.tickAsync(1);
  await time.runMicrotasks();
  assertEquals(results, [false]);
  pause.end();
  pause.wait(1_000).then((isCut) => results.push(isCut));
  await time.tickAsync(1);
  pause.end();
  await time.runMicrotasks();
  assertEquals(results, [false, true]);
});
