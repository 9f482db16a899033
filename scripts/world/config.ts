/** The gateway's configuration in a world. */
import { stringify } from 'yaml';
import {
  ADJUSTMENT_ACCOUNT,
  LINK,
  MAIN_ACCOUNT,
  MEMBER_PREFIX,
  type OtherLink,
  SOURCE,
  type WorldOptions,
} from './options.ts';
import { PEOPLE } from './people.ts';

/** Where things are, once they run. */
export interface Places {
  readonly socket: string;
  readonly journal: string;
  readonly bankPort: number;
  readonly bankPorts: Readonly<Record<string, number>>;
  readonly listenPorts: Readonly<Record<string, number>>;
}

const believed = { afterMs: 2_000, negatives: 2, source: 'mock bank contract' };

function otherLink({ name, spec, settings, more, listens }: OtherLink, at: Places) {
  return {
    name,
    spec,
    host: '127.0.0.1',
    port: at.bankPorts[spec],
    settings,
    businessRefInMemo: true,
    noSuchSerialIsFinal: believed,
    ...(listens === true
      ? { listen: { host: '127.0.0.1', port: at.listenPorts[name], allow: ['127.0.0.1'] } }
      : {}),
    ...more,
  };
}

export function configText(options: WorldOptions, at: Places): string {
  const { others = [] } = options;
  return stringify({
    specs: options.specs,
    redis: { socket: at.socket },
    journal: { directory: at.journal, ...options.journal },
    admin: { port: options.adminPort ?? 0, standbyPort: 0 },
    people: PEOPLE,
    links: [
      {
        name: LINK,
        spec: 'citic',
        host: '127.0.0.1',
        port: at.bankPort,
        settings: {
          userName: 'yinqi-demo',
          mainAccount: MAIN_ACCOUNT,
          adjustmentAccount: ADJUSTMENT_ACCOUNT,
          adjustmentAccountName: '公共调账账户',
          accountPrefix: MEMBER_PREFIX,
          branchNode: '701100',
          branch: '701',
        },
        businessRefInMemo: true,
        noSuchSerialIsFinal: believed,
        ...options.link,
      },
      ...others.map((other) => otherLink(other, at)),
    ],
    sources: [
      {
        name: SOURCE,
        links: Object.fromEntries([LINK, ...others.map(({ name }) => name)].map((to) => [to, {}])),
        ...options.source,
      },
    ],
  });
}
