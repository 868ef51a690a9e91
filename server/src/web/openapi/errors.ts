import { ERRORS, type Endpoint, type ErrorCode } from '@farside/protocol';

const OF_EVERYTHING: readonly ErrorCode[] = ['internal'];
/** What a name in a path, in the part before it, can fail with. */
const OF_PATHS: readonly (readonly [prefix: string, codes: readonly ErrorCode[]])[] = [
  ['/sessions/:', ['noSuchSession', 'computeDown']],
  ['/v2/sessions/:', ['noSuchSession', 'computeDown']],
  ['/v2/jobs/:', ['noSuchJob', 'computeDown']],
  ['/v2/folders/:', ['notFound']],
  ['/v2/users/:', ['noSuchUser', 'forbidden']],
];

/** Everything that an endpoint may answer instead of its reply. */
export function errorsOf(endpoint: Endpoint): ErrorCode[] {
  const { path, body, query, auth, errors = [] } = endpoint;
  const all = new Set<ErrorCode>(errors);
  if (body || query || /[:*]/.test(path)) all.add('badRequest');
  if (body && typeof body === 'object') all.add('frameTooLarge');
  if (auth) all.add('notSignedIn');
  if (/\/files\/[:*]/.test(path))
    for (const code of ['badPath', 'noSuchFile', 'forbidden'] as const) all.add(code);
  for (const [prefix, codes] of OF_PATHS)
    if (path.startsWith(prefix)) for (const code of codes) all.add(code);
  for (const code of OF_EVERYTHING) all.add(code);
  return [...all];
}

/** Grouped by status, each with the words that a caller gets. */
export function byStatus(codes: readonly ErrorCode[]): Map<number, string> {
  const groups = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { status } = ERRORS[code];
    groups.set(status, [...(groups.get(status) ?? []), code]);
  }
  const sorted = [...groups].sort(([a], [b]) => a - b);
  return new Map(
    sorted.map(([status, of]) => [
      status,
      of.map((code) => `\`${code}\`: ${ERRORS[code].message}`).join('\n\n'),
    ]),
  );
}
