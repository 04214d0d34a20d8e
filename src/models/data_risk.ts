/**
 * What an action may do and which kinds of data it touches.
 *
 * @module
 */

import { isObject, isOneOf } from "../guards.ts";

/** Whether an action of a kind is allowed. */
export type ActionPermission = "unknown" | "allowed" | "disallowed";

/** Whether data of a kind is included. */
export type DataPresence = "unknown" | "included" | "excluded";

/** How confidential data is. */
export type DataClassification = "unknown" | "public" | "internal" | "confidential" | "restricted" | "secret";

const ACTION_PERMISSIONS: readonly ActionPermission[] = ["unknown", "allowed", "disallowed"];
const DATA_PRESENCES: readonly DataPresence[] = ["unknown", "included", "excluded"];
const DATA_CLASSIFICATIONS: readonly DataClassification[] = [
  "unknown",
  "public",
  "internal",
  "confidential",
  "restricted",
  "secret",
];

/** What a span of a type may do. */
export interface ActionProfile {
  /** Whether it may create data. */
  create_data: ActionPermission;
  /** Whether it may read data. */
  read_data: ActionPermission;
  /** Whether it may change data. */
  update_data: ActionPermission;
  /** Whether it may destroy data. */
  destroy_data: ActionPermission;
  /** Whether it may move money. */
  financial_transactions: ActionPermission;
  /** Whether it may talk to the world outside. */
  external_communication: ActionPermission;
}

const UNKNOWN_ACTIONS: ActionProfile = {
  create_data: "unknown",
  read_data: "unknown",
  update_data: "unknown",
  destroy_data: "unknown",
  financial_transactions: "unknown",
  external_communication: "unknown",
};

/**
 * Whether the value is an {@linkcode ActionProfile}.
 *
 * @example
 * ```ts
 * import { actionProfile, isActionProfile } from "@prefactor/http";
 *
 * console.log(isActionProfile(actionProfile())); // true
 * ```
 */
export function isActionProfile(value: unknown): value is ActionProfile {
  return isObject(value) &&
    Object.keys(UNKNOWN_ACTIONS).every((action) => isOneOf(value[action], ACTION_PERMISSIONS));
}

/**
 * Makes an {@linkcode ActionProfile}; what is left out is `"unknown"`.
 *
 * @param partial What is known of the actions.
 * @returns The whole profile.
 *
 * @example
 * ```ts
 * import { actionProfile } from "@prefactor/http";
 *
 * const profile = actionProfile({ read_data: "allowed", destroy_data: "disallowed" });
 * console.log(profile.update_data); // "unknown"
 * ```
 */
export function actionProfile(partial: Partial<ActionProfile> = {}): ActionProfile {
  return { ...UNKNOWN_ACTIONS, ...given(partial) };
}

/** Which kinds of data the params or the result of a span of a type hold. */
export interface DataCategories {
  /** Names, identity numbers and the like. */
  personal_identifiers: DataPresence;
  /** Addresses, phone numbers, e-mail addresses. */
  contact_information: DataPresence;
  /** Accounts, cards, salaries. */
  financial_information: DataPresence;
  /** Health and medical records. */
  health_and_medical: DataPresence;
  /** Criminal records and proceedings. */
  criminal_justice: DataPresence;
  /** Passwords, keys and other secrets. */
  authentication_and_secrets: DataPresence;
  /** What an organisation keeps to itself. */
  organisational_confidential: DataPresence;
  /** Data about minors. */
  minors_data: DataPresence;
  /** Where somebody is or was. */
  location_and_tracking: DataPresence;
  /** Behaviour, and what is inferred from it. */
  behavioural_and_inferred: DataPresence;
  /** GDPR special category: racial or ethnic origin. */
  gdpr_racial_or_ethnic_origin: DataPresence;
  /** GDPR special category: political opinions. */
  gdpr_political_opinions: DataPresence;
  /** GDPR special category: religious or philosophical beliefs. */
  gdpr_religious_or_philosophical_beliefs: DataPresence;
  /** GDPR special category: trade union membership. */
  gdpr_trade_union_membership: DataPresence;
  /** GDPR special category: genetic data. */
  gdpr_genetic_data: DataPresence;
  /** GDPR special category: biometric data that identifies somebody. */
  gdpr_biometric_for_identification: DataPresence;
  /** GDPR special category: sex life or sexual orientation. */
  gdpr_sex_life_or_sexual_orientation: DataPresence;
  /** How confidential the data is as a whole. */
  classification: DataClassification;
}

const UNKNOWN_DATA: Omit<DataCategories, "classification"> = {
  personal_identifiers: "unknown",
  contact_information: "unknown",
  financial_information: "unknown",
  health_and_medical: "unknown",
  criminal_justice: "unknown",
  authentication_and_secrets: "unknown",
  organisational_confidential: "unknown",
  minors_data: "unknown",
  location_and_tracking: "unknown",
  behavioural_and_inferred: "unknown",
  gdpr_racial_or_ethnic_origin: "unknown",
  gdpr_political_opinions: "unknown",
  gdpr_religious_or_philosophical_beliefs: "unknown",
  gdpr_trade_union_membership: "unknown",
  gdpr_genetic_data: "unknown",
  gdpr_biometric_for_identification: "unknown",
  gdpr_sex_life_or_sexual_orientation: "unknown",
};

/**
 * Whether the value is a {@linkcode DataCategories}.
 *
 * @example
 * ```ts
 * import { dataCategories, isDataCategories } from "@prefactor/http";
 *
 * console.log(isDataCategories(dataCategories())); // true
 * ```
 */
export function isDataCategories(value: unknown): value is DataCategories {
  return isObject(value) &&
    Object.keys(UNKNOWN_DATA).every((category) => isOneOf(value[category], DATA_PRESENCES)) &&
    isOneOf(value["classification"], DATA_CLASSIFICATIONS);
}

/**
 * Makes a {@linkcode DataCategories}; what is left out is `"unknown"`.
 *
 * @param partial What is known of the data.
 * @returns All categories.
 *
 * @example
 * ```ts
 * import { dataCategories } from "@prefactor/http";
 *
 * const categories = dataCategories({ contact_information: "included", classification: "internal" });
 * console.log(categories.minors_data); // "unknown"
 * ```
 */
export function dataCategories(partial: Partial<DataCategories> = {}): DataCategories {
  return { ...UNKNOWN_DATA, classification: "unknown", ...given(partial) };
}

/** What is given: a field that is `undefined` counts as left out. */
function given<T extends object>(partial: T): T {
  return Object.fromEntries(Object.entries(partial).filter(([, value]) => value !== undefined)) as T;
}

/** The risk that spans of a type carry. */
export interface DataRisk {
  /** What they may do. */
  action_profile: ActionProfile;
  /** What their params hold. */
  params_data_categories: DataCategories;
  /** What their results hold. */
  result_data_categories: DataCategories;
}

/**
 * Whether the value is a {@linkcode DataRisk}.
 *
 * @example
 * ```ts
 * import { actionProfile, dataCategories, isDataRisk } from "@prefactor/http";
 *
 * const risk = {
 *   action_profile: actionProfile({ read_data: "allowed" }),
 *   params_data_categories: dataCategories(),
 *   result_data_categories: dataCategories(),
 * };
 * console.log(isDataRisk(risk)); // true
 * ```
 */
export function isDataRisk(value: unknown): value is DataRisk {
  return isObject(value) &&
    isActionProfile(value["action_profile"]) &&
    isDataCategories(value["params_data_categories"]) &&
    isDataCategories(value["result_data_categories"]);
}
