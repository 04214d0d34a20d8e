/** The API that the demo records to: one in memory, or that of the environment variables. */
import { type HttpClientConfig, PrefactorHttpClient, type RegisterInstanceRequest } from "@prefactor/http";
import { serveSandbox } from "@prefactor/http/sandbox";

/** The agent and the environment that a run belongs to. */
export type Agent = Pick<RegisterInstanceRequest, "agent_id" | "environment_id">;

/** An API to record to. */
export interface Api extends AsyncDisposable {
  readonly url: string;
  /** A sentence for the reader of the demo. */
  readonly description: string;
  readonly agent: Agent;
  connect(overrides?: Partial<HttpClientConfig>): PrefactorHttpClient;
}

/** Opens the API of the environment variables, or one in memory if they are not set. */
export async function openApi(withPage: boolean): Promise<Api> {
  const url = Deno.env.get("PREFACTOR_API_URL");
  if (!url && !Deno.env.get("PREFACTOR_API_TOKEN")) return await openSandbox();
  if (withPage) throw new Error("--page serves an API in memory, but PREFACTOR_API_URL is set");
  // A client accepts http: for this machine only, so this is a sandbox, which has no agents yet.
  const agentId = url?.startsWith("http:") ? "folder-assistant" : null;
  return {
    url: url ?? "",
    description: `It records to ${url}. The step Recall fails, as planned.`,
    agent: {
      agent_id: Deno.env.get("PREFACTOR_AGENT_ID") || agentId,
      environment_id: Deno.env.get("PREFACTOR_ENVIRONMENT_ID") || null,
    },
    connect: (overrides) => PrefactorHttpClient.fromEnv(overrides),
    async [Symbol.asyncDispose]() {},
  };
}

/** Opens an API in memory, which fails the first request that contains spans. */
async function openSandbox(): Promise<Api> {
  const { sandbox, url, token, close } = await serveSandbox();
  sandbox.faults.next({ kind: "status", status: 503 }, { match: ({ path }) => path === "/api/v1/bulk" });
  const config = { apiUrl: url, apiToken: token, initialRetryDelay: 100 };
  return {
    url,
    description: "The API is in memory. The step Recall and one request fail, as planned.",
    agent: { agent_id: "folder-assistant" },
    connect: (overrides) => new PrefactorHttpClient({ ...config, ...overrides }),
    [Symbol.asyncDispose]: close,
  };
}
