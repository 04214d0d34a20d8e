/**
 * The client for risk profiles.
 *
 * @module
 */

import { asQuery, body, execute, type Operation } from "../endpoints/operation.ts";
import { listAll } from "../endpoints/pages.ts";
import type { HttpRequester, RequestOptions } from "../http_requester.ts";
import type { Page } from "../models/page.ts";
import { isListByAccountRequest, type ListByAccountRequest } from "./models/lists.ts";
import {
  type CreateRiskProfileRequest,
  isCreateRiskProfileRequest,
  isRiskProfile,
  isRiskProfileTemplate,
  isRiskProfileTemplateRequest,
  isUpdateRiskProfileRequest,
  type RiskProfile,
  type RiskProfileTemplate,
  type RiskProfileTemplateRequest,
  type UpdateRiskProfileRequest,
} from "./models/risk_profile.ts";
import * as rows from "./rows.ts";

const RISK_PROFILE: rows.Resource<RiskProfile, RiskProfile> = {
  noun: "risk profile",
  plural: "risk profiles",
  path: "/api/v1/risk_profile",
  isDetails: isRiskProfile,
  isSummary: isRiskProfile,
};

const GET = /* @__PURE__ */ rows.get(RISK_PROFILE);
const TEMPLATE: Operation<RiskProfileTemplateRequest, RiskProfileTemplate> = {
  action: "get the template of a risk profile",
  method: "GET",
  path: "/api/v1/risk_profile/template",
  isParams: isRiskProfileTemplateRequest,
  encode: asQuery,
  decode: /* @__PURE__ */ body(isRiskProfileTemplate),
};
const LIST = /* @__PURE__ */ rows.list(RISK_PROFILE, isListByAccountRequest);
const CREATE = /* @__PURE__ */ rows.create(RISK_PROFILE, isCreateRiskProfileRequest);
const UPDATE = /* @__PURE__ */ rows.update(RISK_PROFILE, isUpdateRiskProfileRequest, [
  "name",
  "description",
  "ruleset",
]);
const DELETE = /* @__PURE__ */ rows.remove(RISK_PROFILE);

/**
 * Creates, changes and reads risk profiles, which define how the risk of spans is scored.
 *
 * @example
 * ```ts
 * import { PrefactorHttpClient } from "@prefactor/http";
 * import { isRiskRuleset, PrefactorAdminClient } from "@prefactor/http/admin";
 *
 * const thresholds = { critical: 80, high: 50, medium: 20 };
 * const template = { ruleset: { action_multipliers: {}, category_weights: {}, thresholds } };
 * const fetch = () => Promise.resolve(Response.json(template)); // the API in this example
 * const config = { apiUrl: "https://app.prefactorai.com", apiToken: "an account token", fetch };
 * await using client = new PrefactorHttpClient(config);
 * const admin = new PrefactorAdminClient(client);
 * const { ruleset } = await admin.riskProfiles.template({ template_name: "default" });
 * console.log(isRiskRuleset(ruleset)); // true
 * ```
 */
export class RiskProfileClient {
  readonly #requester: HttpRequester;

  /** Creates a client that sends its requests through `requester`, usually a `PrefactorHttpClient`. */
  constructor(requester: HttpRequester) {
    this.#requester = requester;
  }

  /** Gets a profile by its ID. */
  get(id: string, options?: RequestOptions): Promise<RiskProfile> {
    return execute({ requester: this.#requester, operation: GET, id, params: {}, options });
  }

  /** Gets the rules of a template, from which a profile can be created. */
  template(params: RiskProfileTemplateRequest, options?: RequestOptions): Promise<RiskProfileTemplate> {
    return execute({ requester: this.#requester, operation: TEMPLATE, params, options });
  }

  /** Reads one page of the profiles. */
  list(params: ListByAccountRequest = {}, options?: RequestOptions): Promise<Page<RiskProfile>> {
    return execute({ requester: this.#requester, operation: LIST, params, options });
  }

  /** Iterates over all profiles, requesting one page at a time. `page_size` defaults to 100. */
  listAll(params: ListByAccountRequest = {}, options?: RequestOptions): AsyncGenerator<RiskProfile, void> {
    return listAll({ requester: this.#requester, operation: LIST, params, options });
  }

  /** Creates a profile. */
  create(params: CreateRiskProfileRequest, options?: RequestOptions): Promise<RiskProfile> {
    return execute({ requester: this.#requester, operation: CREATE, params, options });
  }

  /** Updates a profile. Omitted fields keep their values. `null` clears a field. */
  update(id: string, params: UpdateRiskProfileRequest, options?: RequestOptions): Promise<RiskProfile> {
    return execute({ requester: this.#requester, operation: UPDATE, id, params, options });
  }

  /** Deletes a profile. */
  delete(id: string, options?: RequestOptions): Promise<void> {
    return execute({ requester: this.#requester, operation: DELETE, id, params: {}, options });
  }
}
