/**
 * Is the process alive? Asks /healthz and nothing else: a gateway that cannot reach Redis or its bank is
 * alive, and a restart repairs neither. Exit code 0 or 1, for HEALTHCHECK.
 *
 *   node deploy/healthcheck.mjs [url, default http://127.0.0.1:9464/healthz]
 */
import process from 'node:process';

const WITHIN_MS = 4_000;
const [url = 'http://127.0.0.1:9464/healthz'] = process.argv.slice(2);

const alive = await fetch(url, { signal: AbortSignal.timeout(WITHIN_MS), redirect: 'error' }).then(
  (answer) => answer.status === 200,
  () => false,
);
process.exit(alive ? 0 : 1);
