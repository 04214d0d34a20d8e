import { assertEquals, assertInstanceOf } from "@std/assert";
import { ALERT_SEVERITIES, AlertClient, PrefactorResponseContractError } from "../../mod.ts";
import { failureOf } from "../helpers.ts";
import { recordRequests } from "./recording_requester.ts";
import { BOOLEAN, OBJECT, oneOf, pageParams, required, STRING, testEndpoint, TIMESTAMP } from "./table.ts";

const ALERT = { type: "alert", id: "al-1", name: "over_budget", severity: "warning", status: "raised" };
const RESPONSE = { status: "success", details: ALERT };
const PAGE = { status: "success", summaries: [ALERT], pagination: null, sorting: null };
const LIST = pageParams();

const CLEAR = { agent_instance_id: "i-1", name: "over_budget" };
const RAISE = { ...CLEAR, severity: "warning", payload: { spent: 12 } };

testEndpoint({
  Client: AlertClient,
  of: ({ alerts }) => alerts,
  heading: "Alerts",
  operations: {
    raise: {
      action: "raise the alert",
      request: "POST /api/v1/alerts/raise",
      call: (alerts, { params, options }) => alerts.raise(params, options),
      params: {
        sentIn: "body",
        required: RAISE,
        all: {
          ...RAISE,
          raised_at: new Date("2024-05-06T09:08:09+02:00"),
          payload_sensitive_encoding: true,
        },
        converted: { raised_at: "2024-05-06T07:08:09.000Z" },
        types: {
          agent_instance_id: required(STRING),
          name: required(STRING),
          severity: required(oneOf(ALERT_SEVERITIES, "low")),
          payload: required(OBJECT),
          raised_at: TIMESTAMP,
          payload_sensitive_encoding: BOOLEAN,
        },
      },
      response: RESPONSE,
      result: ALERT,
    },
    clear: {
      action: "clear the alert",
      request: "POST /api/v1/alerts/clear",
      call: (alerts, { params, options }) => alerts.clear(params, options),
      params: {
        sentIn: "body",
        required: CLEAR,
        all: {
          ...CLEAR,
          payload: { spent: 0 },
          severity: "info",
          cleared_at: "2024-05-06T07:08:09Z",
          payload_sensitive_encoding: false,
        },
        types: {
          agent_instance_id: required(STRING),
          name: required(STRING),
          payload: OBJECT,
          severity: oneOf(ALERT_SEVERITIES, "low"),
          cleared_at: TIMESTAMP,
          payload_sensitive_encoding: BOOLEAN,
        },
      },
      response: RESPONSE,
      result: ALERT,
    },
    get: {
      action: "get the alert",
      request: "GET /api/v1/alerts/{id}",
      call: (alerts, { id, options }) => alerts.get(id, options),
      response: RESPONSE,
      result: ALERT,
    },
    list: {
      action: "list the alerts",
      request: "GET /api/v1/alerts",
      call: (alerts, { params, options }) => alerts.list(params, options),
      params: {
        sentIn: "query",
        all: {
          agent_instance_id: "i-1",
          agent_id: "a-1",
          environment_id: "e-1",
          status: "raised",
          severity: "critical",
          name: "over_budget",
          active_during: {
            start_at: new Date("2024-05-06T09:08:09+02:00"),
            finish_at: "2024-05-07T00:00:00+02:00",
          },
          ...LIST.all,
        },
        converted: {
          active_during: undefined,
          "active_during[start_at]": "2024-05-06T07:08:09.000Z",
          "active_during[finish_at]": "2024-05-07T00:00:00+02:00",
          ...LIST.converted,
        },
        types: {
          agent_instance_id: STRING,
          agent_id: STRING,
          environment_id: STRING,
          status: oneOf(["raised", "cleared"], "open"),
          severity: oneOf(ALERT_SEVERITIES, "low"),
          name: STRING,
          active_during: OBJECT,
          "active_during.start_at": {
            ...TIMESTAMP,
            paramsWith: (start_at) => ({ active_during: { start_at } }),
          },
          "active_during.finish_at": {
            ...TIMESTAMP,
            paramsWith: (finish_at) => ({ active_during: { start_at: null, finish_at } }),
          },
          ...LIST.types,
        },
      },
      response: PAGE,
      result: PAGE,
    },
    count: {
      action: "count the alerts",
      request: "GET /api/v1/alerts/count",
      call: (alerts, { params, options }) => alerts.count(params, options),
      params: {
        sentIn: "query",
        all: { status: "cleared", severity: "error" },
        types: {
          status: oneOf(["raised", "cleared"], "open"),
          severity: oneOf(ALERT_SEVERITIES, "low"),
        },
      },
      response: { status: "success", count: 3 },
      result: 3,
    },
  },
});

Deno.test("AlertClient.count() rejects a count that is not a number", async () => {
  const { client } = recordRequests(AlertClient, { count: "3" });
  const error = await failureOf(client.count());
  assertInstanceOf(error, PrefactorResponseContractError);
  assertEquals(error.path, "count");
});
