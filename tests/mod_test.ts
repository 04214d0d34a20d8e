import { assertEquals, assertStrictEquals } from "@std/assert";
import * as mod from "../mod.ts";
import * as packaged from "@prefactor/http";

Deno.test("mod.ts exports exactly the public symbols", () => {
  assertEquals(Object.keys(mod).sort(), [
    "AGENT_STATUSES",
    "API_ERROR_CODES",
    "AgentInstanceClient",
    "AgentSpanClient",
    "BulkClient",
    "FINISH_STATUSES",
    "PrefactorApiError",
    "PrefactorAuthError",
    "PrefactorClientError",
    "PrefactorConflictError",
    "PrefactorHttpClient",
    "PrefactorHttpError",
    "PrefactorNetworkError",
    "PrefactorNotFoundError",
    "PrefactorResponseContractError",
    "PrefactorRetryExhaustedError",
    "PrefactorTimeoutError",
    "PrefactorValidationError",
    "RetryHandler",
    "VERSION",
    "actionProfile",
    "dataCategories",
    "isActionProfile",
    "isAgentInstance",
    "isAgentInstanceSpanCounts",
    "isAgentSchemaVersionForRegister",
    "isAgentSpan",
    "isAgentStatus",
    "isAgentVersionForRegister",
    "isApiResponse",
    "isBulkItem",
    "isBulkOutput",
    "isBulkRequest",
    "isBulkResponse",
    "isCreateSpanRequest",
    "isDataCategories",
    "isDataRisk",
    "isFinishInstanceRequest",
    "isFinishSpanRequest",
    "isFinishStatus",
    "isJsonObject",
    "isJsonValue",
    "isPermanentHttpError",
    "isPrefactorHttpError",
    "isRegisterInstanceRequest",
    "isSpanTypeSchemaForCreate",
    "isStartInstanceRequest",
    "isTransientHttpError",
  ]);
});

Deno.test("mod.ts is the module of @prefactor/http", () => {
  assertStrictEquals<unknown>(packaged, mod);
});
