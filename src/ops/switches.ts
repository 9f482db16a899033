/** What people turn, and see, of the links while the daemon runs; the CLI reaches it through the admin socket. */

export interface LinkStatus {
  link: string;
  state: 'run' | 'hold' | 'drain';
  /** of the switch that stops it; absent while it runs */
  who?: string;
  why?: string;
  /** the front end answers */
  up: boolean;
  /** orders between their claim and their outcome */
  onTheirWay: number;
  whyNotSend: string[];
  whyNotTake: string[];
}

export interface Turn {
  state: LinkStatus['state'];
  /** absent: the switch of all links */
  link?: string | undefined;
  who: string;
  why: string;
}

export interface Switches {
  status(): LinkStatus[];
  /** In force and journaled when it resolves. Throws CONFIG_INVALID for a link that is not there. */
  turn(turn: Turn): Promise<LinkStatus[]>;
}
