/**
 * A client for the Prefactor API, which records what AI agents do: each run is an agent instance, and each step of
 * a run is a span.
 *
 * It has typed endpoints, retries with backoff and jitter, an idempotency key on every POST, timeouts, a clear error
 * hierarchy, and responses that are checked at run time. It uses native `fetch` and depends only on the standard
 * library.
 *
 * @example Record a run
 * ```ts
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { PrefactorSandbox } from "@prefactor/http/testing";
 *
 * // The sandbox stands in for { apiUrl: "https://app.prefactorai.com", apiToken: "…" }.
 * await using client = new PrefactorHttpClient(new PrefactorSandbox().config());
 *
 * const instance = await client.agentInstances.register({
 *   agent_id: "librarian",
 *   agent_version: { name: "Librarian", external_identifier: "1.4.0" },
 *   agent_schema_version: { external_identifier: "1", span_schemas: { search: { type: "object" } } },
 * });
 * await client.agentInstances.start(instance.id);
 * const span = await client.agentSpans.create({
 *   agent_instance_id: instance.id,
 *   schema_name: "search",
 *   status: "active",
 *   payload: { query: "retry" },
 * });
 * await client.agentSpans.finish(span.id, { result_payload: { hits: 3 } });
 * await client.agentInstances.finish(instance.id);
 * ```
 *
 * @example Handle errors
 * ```ts
 * import { isTransientHttpError, PrefactorHttpClient, PrefactorNotFoundError } from "@prefactor/http";
 * import { PrefactorSandbox } from "@prefactor/http/testing";
 *
 * await using client = new PrefactorHttpClient(new PrefactorSandbox().config());
 * try {
 *   await client.agentSpans.finish("no-such-span");
 * } catch (error) {
 *   console.log(error instanceof PrefactorNotFoundError, isTransientHttpError(error)); // true false
 * }
 * ```
 *
 * @module
 */

export { PrefactorHttpClient } from "./src/client.ts";
export type { HttpClientConfig, RetryConfig } from "./src/config.ts";
export { AgentInstanceClient } from "./src/endpoints/agent_instances.ts";
export { AgentSpanClient } from "./src/endpoints/agent_spans.ts";
export { AgentClient } from "./src/endpoints/agents.ts";
export { AlertClient } from "./src/endpoints/alerts.ts";
export { BatchingRequester } from "./src/bulk/batching_requester.ts";
export { BulkClient } from "./src/bulk/bulk_client.ts";
export { bulkItem } from "./src/bulk/bulk_item.ts";
export type { BulkItemParams, BulkItemType } from "./src/bulk/bulk_item.ts";
export type { BulkItems, BulkProgress, ExecuteAllOptions } from "./src/bulk/execute_all.ts";
export type { BulkLimits } from "./src/bulk/sender.ts";
export { runtimeEnvironment } from "./src/environment.ts";
export { isPermanentHttpError, isTransientHttpError } from "./src/errors/classification.ts";
export {
  API_ERROR_CODES,
  isPrefactorHttpError,
  PrefactorApiError,
  PrefactorAuthError,
  PrefactorBulkError,
  PrefactorClientError,
  PrefactorConflictError,
  PrefactorHttpError,
  PrefactorNetworkError,
  PrefactorNotFoundError,
  PrefactorResponseContractError,
  PrefactorRetryExhaustedError,
  PrefactorTerminatedError,
  PrefactorTimeoutError,
  PrefactorValidationError,
} from "./src/errors/errors.ts";
export type {
  ApiErrorCode,
  PrefactorApiErrorOptions,
  PrefactorError,
  PrefactorErrorOptions,
  PrefactorResponseContractErrorOptions,
  PrefactorRetryExhaustedErrorOptions,
  PrefactorTerminatedErrorOptions,
  PrefactorTimeoutErrorOptions,
  RequestSummary,
} from "./src/errors/errors.ts";
export type {
  ClientHooks,
  ControlEvent,
  ErrorEvent,
  RequestEvent,
  ResponseEvent,
  RetryEvent,
} from "./src/hooks.ts";
export type {
  ApiResponseInfo,
  ControlObservation,
  HeaderFields,
  HttpRequester,
  HttpRequestOptions,
  QueryValue,
  RequestOptions,
} from "./src/http_requester.ts";
export {
  isAgent,
  isAgentInstanceCounts,
  isAgentShow,
  isAgentSummary,
  isCreateAgentRequest,
  isListAgentsRequest,
  isRiskAssessment,
  isRiskRollup,
  isShowAgentRequest,
  isUpdateAgentRequest,
} from "./src/models/agent.ts";
export type {
  Agent,
  AgentInstanceCounts,
  AgentShow,
  AgentSummary,
  CreateAgentRequest,
  ListAgentsRequest,
  RiskAssessment,
  RiskRollup,
  ShowAgentRequest,
  UpdateAgentRequest,
} from "./src/models/agent.ts";
export {
  INSTANCE_PURPOSES,
  isAgentContext,
  isAgentInstance,
  isAgentInstanceSpanCounts,
  isAgentInstanceSummary,
  isCostBreakdown,
  isFinishInstanceRequest,
  isInstancePurpose,
  isInstanceRiskScore,
  isListInstancesRequest,
  isModelCost,
  isRecordQualityRequest,
  isRegisterInstanceRequest,
  isShowInstanceRequest,
  isStartInstanceRequest,
  isTerminateInstanceRequest,
} from "./src/models/agent_instance.ts";
export type {
  AgentContext,
  AgentInstance,
  AgentInstanceSpanCounts,
  AgentInstanceSummary,
  CostBreakdown,
  FinishInstanceRequest,
  InstancePurpose,
  InstanceRiskScore,
  ListInstancesRequest,
  ModelCost,
  RecordQualityRequest,
  RegisterInstanceRequest,
  ShowInstanceRequest,
  StartInstanceRequest,
  TerminateInstanceRequest,
} from "./src/models/agent_instance.ts";
export {
  isAgentSpan,
  isAgentSpanSummary,
  isCreateSpanRequest,
  isFinishSpanRequest,
  isGetSpanRequest,
  isListSpansRequest,
} from "./src/models/agent_span.ts";
export type {
  AgentSpan,
  AgentSpanSummary,
  CreateSpanRequest,
  FinishSpanRequest,
  GetSpanRequest,
  ListSpansRequest,
} from "./src/models/agent_span.ts";
export {
  ALERT_SEVERITIES,
  isAlert,
  isAlertCount,
  isAlertSeverity,
  isAlertSummary,
  isClearAlertRequest,
  isCountAlertsRequest,
  isListAlertsRequest,
  isRaiseAlertRequest,
} from "./src/models/alert.ts";
export type {
  Alert,
  AlertCount,
  AlertSeverity,
  AlertStatus,
  AlertSummary,
  ClearAlertRequest,
  CountAlertsRequest,
  ListAlertsRequest,
  RaiseAlertRequest,
} from "./src/models/alert.ts";
export { isBulkItem, isBulkOutput, isBulkRequest, isBulkResponse } from "./src/models/bulk.ts";
export type { BulkItem, BulkOutput, BulkRequest, BulkResponse, BulkResult } from "./src/models/bulk.ts";
export {
  AGENT_STATUSES,
  FINISH_STATUSES,
  isAgentStatus,
  isApiResponse,
  isFinishStatus,
  isIdempotentRequest,
  isJsonObject,
  isJsonValue,
} from "./src/models/common.ts";
export type {
  AgentStatus,
  ApiResponse,
  FinishStatus,
  IdempotentRequest,
  JsonObject,
  JsonObjectLike,
  JsonValue,
  OpenEnum,
  SummaryOf,
} from "./src/models/common.ts";
export { isControl } from "./src/models/control.ts";
export type { Control } from "./src/models/control.ts";
export {
  actionProfile,
  dataCategories,
  isActionProfile,
  isDataCategories,
  isDataRisk,
} from "./src/models/data_risk.ts";
export type {
  ActionPermission,
  ActionProfile,
  DataCategories,
  DataClassification,
  DataPresence,
  DataRisk,
} from "./src/models/data_risk.ts";
export { isPage, isPageParams, isPagination, isSorting } from "./src/models/page.ts";
export type { Page, PageParams, Pagination, Sorting } from "./src/models/page.ts";
export {
  isAgentSchemaVersionForRegister,
  isAgentVersionForRegister,
  isAlertSchema,
  isQualitySchema,
  isRuntimeEnvironment,
  isSpanTypeSchemaForCreate,
} from "./src/models/registration.ts";
export type {
  AgentSchemaVersionForRegister,
  AgentVersionForRegister,
  AlertSchema,
  QualitySchema,
  RuntimeEnvironment,
  SpanTypeSchemaForCreate,
} from "./src/models/registration.ts";
export { createPfid, formatPfid, isPfid, parsePfid, relatedPfid } from "./src/pfid.ts";
export type { PfidParts } from "./src/pfid.ts";
export { RetryHandler } from "./src/retry/retry_handler.ts";
export type { RetryOptions } from "./src/retry/retry_handler.ts";
export { VERSION } from "./src/version.ts";
