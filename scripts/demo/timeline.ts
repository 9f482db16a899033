/** What the demo prints: one line a moment, coloured only where somebody looks. */
const COLOURS = { red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36, grey: 90 };
export type Colour = keyof typeof COLOURS;

export class Timeline {
  readonly #began = performance.now();
  readonly #coloured: boolean;

  constructor(coloured: boolean) {
    this.#coloured = coloured;
  }

  paint(colour: Colour, text: string): string {
    return this.#coloured ? `\u001b[${COLOURS[colour]}m${text}\u001b[0m` : text;
  }

  act(title: string): void {
    console.log(`\n${this.paint('cyan', `── ${title}`)}`);
  }

  /** who: ledger, gateway, bank, or what happens to them */
  say(who: string, text: string, colour: Colour = 'grey'): void {
    const at = ((performance.now() - this.#began) / 1000).toFixed(1).padStart(5);
    console.log(`${this.paint('grey', `${at}s`)} ${this.paint(colour, who.padEnd(8))} ${text}`);
  }

  plain(text = ''): void {
    console.log(text);
  }
}
