/** A packet the bank sent by itself, whatever it came on: a connection to our listener, or a session. */
export interface BankPacket {
  readonly bytes: Uint8Array;
  /** address of the peer */
  readonly from: string;
  /** monotonic ms of the process: what is written later is not waited for any more */
  readonly answerBy: number;
  /** Writes our answer. False: the connection was gone before the write was called, so no byte left. */
  answer(packet: Uint8Array): boolean;
  /** Closes the connection (listener), or leaves the packet unanswered (session). Idempotent. */
  refuse(): void;
}

export type OnBankPacket = (packet: BankPacket) => void;
