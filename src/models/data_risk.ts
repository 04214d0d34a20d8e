/**
 * The data risk of a span type: what its spans may do, and which kinds of data they contain.
 *
 * @module
 */

import { isOneOf, isPlainObject } from "../guards.ts";

/** Whether a kind of action is allowed. */
export type ActionPermission = "unknown" | "allowed" | "disallowed";

/** Whether a kind of data is included. */
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

/** The actions that the spans of a type may perform. */
export interface ActionProfile {
  /** Whether they may create data. */
  create_data: ActionPermission;
  /** Whether they may read data. */
  read_data: ActionPermission;
  /** Whether they may change data. */
  update_data: ActionPermission;
  /** Whether they may destroy data. */
  destroy_data: ActionPermission;
  /** Whether they may move money. */
  financial_transactions: ActionPermission;
  /** Whether they may communicate with others, such as by e-mail. */
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
 * Returns whether a value is an {@linkcode ActionProfile}.
 *
 * @example
 * ```ts
 * import { actionProfile, isActionProfile } from "@prefactor/http";
 *
 * console.log(isActionProfile(actionProfile())); // true
 * ```
 */
export function isActionProfile(value: unknown): value is ActionProfile {
  return isPlainObject(value) &&
    Object.keys(UNKNOWN_ACTIONS).every((action) => isOneOf(value[action], ACTION_PERMISSIONS));
}

/**
 * Creates an {@linkcode ActionProfile}.
 *
 * @param partial The known permissions. The others default to `"unknown"`.
 * @returns The complete profile.
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
  return { ...UNKNOWN_ACTIONS, ...present(partial) };
}

/** The kinds of data that the payloads or the results of the spans of a type contain. */
export interface DataCategories {
  /** Names, identity numbers and similar identifiers. */
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
  /** Confidential data of an organisation. */
  organisational_confidential: DataPresence;
  /** Data about minors. */
  minors_data: DataPresence;
  /** Locations of people. */
  location_and_tracking: DataPresence;
  /** Behaviour, and data inferred from it. */
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
  /** GDPR special category: biometric data for identification. */
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
 * Returns whether a value is a {@linkcode DataCategories}.
 *
 * @example
 * ```ts
 * import { dataCategories, isDataCategories } from "@prefactor/http";
 *
 * console.log(isDataCategories(dataCategories())); // true
 * ```
 */
export function isDataCategories(value: unknown): value is DataCategories {
  return isPlainObject(value) &&
    Object.keys(UNKNOWN_DATA).every((category) => isOneOf(value[category], DATA_PRESENCES)) &&
    isOneOf(value["classification"], DATA_CLASSIFICATIONS);
}

/**
 * Creates a {@linkcode DataCategories}.
 *
 * @param partial The known categories. The others default to `"unknown"`.
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
  return { ...UNKNOWN_DATA, classification: "unknown", ...present(partial) };
}

/** Returns a copy without the fields that are `undefined`. */
function present<T extends object>(partial: T): T {
  return Object.fromEntries(Object.entries(partial).filter(([, value]) => value !== undefined)) as T;
}

/** The data risk of the spans of a type. */
export interface DataRisk {
  /** The actions that the spans may perform. */
  action_profile: ActionProfile;
  /** The data in their payloads. */
  params_data_categories: DataCategories;
  /** The data in their results. */
  result_data_categories: DataCategories;
}

/**
 * Returns whether a value is a {@linkcode DataRisk}.
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
  return isPlainObject(value) &&
    isActionProfile(value["action_profile"]) &&
    isDataCategories(value["params_data_categories"]) &&
    isDataCategories(value["result_data_categories"]);
}
