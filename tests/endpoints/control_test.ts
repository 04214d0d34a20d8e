import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  AgentInstanceClient,
  AgentSpanClient,
  type ControlObservation,
  type HttpRequester,
  type JsonObject,
  PrefactorApiError,
  PrefactorConflictError,
  PrefactorNetworkError,
  PrefactorRetryExhaustedError,
} from "../../mod.ts";
import { isObserved, markObserved } from "../../src/endpoints/control.ts";
import { failureOf, outcome } from "../helpers.ts";

const STOP = { terminate: true, reason: "Over budget" };
const SPAN = { type: "agent_span", id: "s-1", agent_instance_id: "i-1" };
const INSTANCE = { type: "agent_instance", id: "i-1" };
const CREATE = { agent_instance_id: "i-1", schema_name: "agent:llm", status: "active" } as const;

/** A requester that responds with the body, or fails with the error, and the observations that it gets. */
function observe(
  response: JsonObject | Error,
): { requester: HttpRequester; observations: ControlObservation[] } {
  const observations: ControlObservation[] = [];
  const requester: HttpRequester = {
    request: () => response instanceof Error ? Promise.reject(response) : Promise.resolve(response),
    observeControl: (observation) => observations.push(observation),
  };
  return { requester, observations };
}

const createSpan = (requester: HttpRequester) => new AgentSpanClient(requester).create(CREATE);
const finishSpan = (requester: HttpRequester) => new AgentSpanClient(requester).finish("s-1");
const getInstance = (requester: HttpRequester) => new AgentInstanceClient(requester).get("i-1");
const finishInstance = (requester: HttpRequester) => new AgentInstanceClient(requester).finish("i-1");

const conflict = new PrefactorConflictError("No", "invalid_action", 409);
const stopped = new PrefactorApiError("Busy", "busy", 503, { control: STOP });
const stoppedConflict = new PrefactorConflictError("No", "invalid_action", 409, { control: STOP });

const OBSERVATIONS: readonly [
  title: string,
  call: (requester: HttpRequester) => Promise<unknown>,
  response: JsonObject | Error,
  observation: ControlObservation | undefined,
][] = [
  [
    "the instance in the params and the span in the response",
    createSpan,
    { details: { ...SPAN, agent_instance_id: "i-2" } },
    { agentInstanceId: "i-1", agentSpanId: "s-1" },
  ],
  [
    "the span in the path and the instance in the response",
    finishSpan,
    { details: { ...SPAN, id: "s-2" } },
    { agentInstanceId: "i-1", agentSpanId: "s-1" },
  ],
  ["the control of a response", finishSpan, { control: STOP }, { agentSpanId: "s-1", control: STOP }],
  [
    "a control that does not terminate",
    getInstance,
    { details: INSTANCE, control: { terminate: false } },
    { agentInstanceId: "i-1", control: { terminate: false } },
  ],
  [
    "a terminated instance",
    getInstance,
    { details: { ...INSTANCE, status: "terminated", termination_reason: "Over budget" } },
    { agentInstanceId: "i-1", control: STOP },
  ],
  [
    "a terminated instance whose reason is not a string",
    getInstance,
    { details: { ...INSTANCE, status: "terminated", termination_reason: 7 } },
    { agentInstanceId: "i-1", control: { terminate: true, reason: null } },
  ],
  [
    "the control of the response rather than the reason of a terminated instance",
    getInstance,
    { details: { ...INSTANCE, status: "terminated", termination_reason: "Other" }, control: STOP },
    { agentInstanceId: "i-1", control: STOP },
  ],
  ["no control that is not an object", getInstance, { control: "stop" }, { agentInstanceId: "i-1" }],
  ["the end of an instance", finishInstance, { details: INSTANCE }, {
    agentInstanceId: "i-1",
    finished: true,
  }],
  ["a 409 of the end of an instance", finishInstance, conflict, { agentInstanceId: "i-1", finished: true }],
  [
    "a 409 of the end of an instance with a control",
    finishInstance,
    stoppedConflict,
    { agentInstanceId: "i-1", control: STOP, finished: true },
  ],
  ["no 409 of the end of a span", finishSpan, conflict, undefined],
  ["the control of an error", createSpan, stopped, { agentInstanceId: "i-1", control: STOP }],
  [
    "the control of the last error after retries",
    createSpan,
    new PrefactorRetryExhaustedError("Gave up", stopped, 3),
    { agentInstanceId: "i-1", control: STOP },
  ],
  ["no error without a response", finishInstance, new PrefactorNetworkError("Cannot connect"), undefined],
];

for (const [title, call, response, observation] of OBSERVATIONS) {
  Deno.test(`observeControl() gets ${title}`, async () => {
    const { requester, observations } = observe(response);
    await outcome(call(requester));
    assertEquals(observations, observation ? [observation] : []);
  });
}

Deno.test("an error reaches the caller of an operation unchanged after it was observed", async () => {
  const { requester } = observe(stopped);
  assertStrictEquals(await failureOf(createSpan(requester)), stopped);
});

Deno.test("markObserved() marks options with a mark that copies keep and JSON omits", () => {
  const options = { maxRetries: 1 };
  markObserved(options);
  assertEquals([isObserved(options), isObserved({ ...options }), isObserved({}), isObserved(undefined)], [
    true,
    true,
    false,
    false,
  ]);
  assertEquals(JSON.stringify(options), '{"maxRetries":1}');
});

Deno.test("a requester without observeControl gets no options that it was not given", async () => {
  const seen: unknown[] = [];
  const requester: HttpRequester = {
    request: (_method, _path, options) => {
      seen.push(Reflect.ownKeys(options ?? {}));
      return Promise.resolve({ details: SPAN });
    },
  };
  await outcome(new AgentSpanClient(requester).get("s-1", {}, { maxRetries: 0 }));
  assertEquals(seen, [["maxRetries", "params"]]);
});
