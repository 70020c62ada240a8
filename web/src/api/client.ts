// The one way to the API: typed by its own OpenAPI document, with its problem documents as errors.
import type { components, paths } from "../generated/api";

export type Schemas = components["schemas"];
export type Amount = Schemas["Amount"];
export type Token = Schemas["Token"];
export type Strategy = Schemas["Strategy"];
export type StrategyDetail = Schemas["StrategyDetail"];
export type Vault = Schemas["Vault"];
export type Policy = Schemas["Policy"];
export type Statement = Schemas["Statement"];
export type Trade = Schemas["Trade"];
export type Copy = Schemas["Copy"];
export type Order = Schemas["Order"];
export type Reason = Schemas["Reason"];
export type Protocol = Schemas["Protocol"];
export type Leader = Schemas["Leader"];
export type Metrics = Schemas["Metrics"];
export type MetricName = keyof Metrics;

type GetPaths = { [P in keyof paths]: paths[P] extends { get: unknown } ? P : never }[keyof paths];
type Ok<P extends GetPaths> = paths[P] extends {
  get: { responses: { 200: { content: { "application/json": infer T } } } };
}
  ? T
  : never;
type Parameters<P extends GetPaths> = paths[P] extends { get: { parameters: infer T } } ? T : never;
type Query<P extends GetPaths> = Parameters<P> extends { query?: infer Q } ? Q : never;
type PathOf<P extends GetPaths> = Parameters<P> extends { path: infer Q } ? Q : undefined;

/** What `get` answers at a path. */
export type Answer<P extends GetPaths> = Ok<P>;

/** What the API, or the way to it, says is wrong, and what to do. `status` 0: it did not answer at all. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly kind: string,
    readonly title: string,
    detail: string,
    readonly remedy: string,
  ) {
    super(detail);
  }
}

/** One answer. Throws `ApiProblem`. */
export async function get<P extends GetPaths>(
  path: P,
  options: { path?: PathOf<P>; query?: Query<P>; signal?: AbortSignal } = {},
): Promise<Ok<P>> {
  return (await send(address(path, options), options.signal ? { signal: options.signal } : {})) as Ok<P>;
}

/** Hands something in. Throws `ApiProblem`. */
export async function post<T>(path: string, body: unknown): Promise<T> {
  const headers = { "Content-Type": "application/json" };
  return (await send(path, { method: "POST", headers, body: JSON.stringify(body) })) as T;
}

/** Puts something in the place of what was there. Throws `ApiProblem`. */
export async function put<T>(path: string, body: unknown): Promise<T> {
  const headers = { "Content-Type": "application/json" };
  return (await send(path, { method: "PUT", headers, body: JSON.stringify(body) })) as T;
}

/** Takes something away. Throws `ApiProblem`. */
export async function remove<T>(path: string): Promise<T> {
  return (await send(path, { method: "DELETE" })) as T;
}

/** Saves what is at `path` in one of the kinds that it comes in. Throws `ApiProblem`. */
export async function download(path: string, kind: string, name: string): Promise<void> {
  const response = await answered(path, { headers: { Accept: kind } });
  if (!response.ok) throw problemOf(response, await response.json().catch(() => null));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Every row of a list, page after page. */
export async function all<Row>(
  page: (cursor: string | undefined) => Promise<{ data: Row[]; next_cursor: string | null }>,
): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  do {
    const answer = await page(cursor);
    rows.push(...answer.data);
    cursor = answer.next_cursor ?? undefined;
  } while (cursor);
  return rows;
}

function address(template: string, options: { path?: unknown; query?: unknown }): string {
  const names = (options.path ?? {}) as Record<string, string | number>;
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(names[name])));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries((options.query ?? {}) as Record<string, unknown>)) {
    if (value !== undefined && value !== null) query.set(name, String(value));
  }
  return query.size ? `${filled}?${query}` : filled;
}

async function send(url: string, init: RequestInit): Promise<unknown> {
  const response = await answered(url, init);
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && body) return body;
  throw problemOf(response, body);
}

async function answered(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiProblem(
      0,
      "unreachable",
      "The API does not answer",
      "Nothing came back from the server that keeps the records.",
      "Your money does not depend on it: withdrawing in kind asks only the contract. This page tries again.",
    );
  }
}

function problemOf(response: Response, body: unknown): ApiProblem {
  const said = (body ?? {}) as Record<string, string | undefined>;
  return new ApiProblem(
    response.status,
    said.type?.split(":").pop() ?? "unknown",
    said.title ?? "The API's answer was not understood",
    said.detail ?? `It answered with status ${response.status}.`,
    said.remedy ?? "Try again; if it stays like this, tell whoever runs this server.",
  );
}
