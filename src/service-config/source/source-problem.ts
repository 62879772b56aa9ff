/** Why a text is no document, and where. Thrown by the parsers of this folder, caught by `parseSource` alone. */
export class SourceProblem extends Error {
  override readonly name: string = 'SourceProblem';
  /** UTF-16 offset in the text. */
  readonly offset: number;
  readonly hint: string | undefined;

  constructor(message: string, offset: number, hint?: string) {
    super(message);
    this.offset = offset;
    this.hint = hint;
  }
}
