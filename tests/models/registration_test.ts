import {
  isAgentSchemaVersionForRegister,
  isAgentVersionForRegister,
  isAlertSchema,
  isQualitySchema,
  isRuntimeEnvironment,
  isSpanTypeSchemaForCreate,
} from "../../mod.ts";
import { testRequestGuards } from "./break_every_leaf.ts";
import {
  ENVIRONMENT,
  ENVIRONMENT_RULES,
  QUALITY_SCHEMA,
  QUALITY_SCHEMA_RULES,
  SCHEMA_VERSION,
  SCHEMA_VERSION_RULES,
  SPAN_TYPE_SCHEMA,
  SPAN_TYPE_SCHEMA_RULES,
  VERSION,
  VERSION_RULES,
} from "./registration.ts";

testRequestGuards([
  [isRuntimeEnvironment, ENVIRONMENT, ENVIRONMENT_RULES],
  [isAgentVersionForRegister, VERSION, VERSION_RULES],
  [isSpanTypeSchemaForCreate, SPAN_TYPE_SCHEMA, SPAN_TYPE_SCHEMA_RULES],
  [isQualitySchema, QUALITY_SCHEMA, QUALITY_SCHEMA_RULES],
  [isAlertSchema, QUALITY_SCHEMA, QUALITY_SCHEMA_RULES],
  [isAgentSchemaVersionForRegister, SCHEMA_VERSION, SCHEMA_VERSION_RULES],
]);
