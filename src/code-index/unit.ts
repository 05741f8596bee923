/** A part of a text, in UTF-16 code units; the end is the first that is not in it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A unit as it stands in its text. */
export interface ParsedUnit extends Span {
  readonly type: string;
  /** Qualified: `Class.method`. Names may repeat in a file. */
  readonly name: string;
  readonly signature: string | null;
  readonly doc: string | null;
  /** The text of the span, but for what is said of it in module-unit.ts. */
  readonly content: string;
  readonly complexity: number | null;
}

/** What was found in one text. Units in the order of the text, outer before inner. */
export interface ParsedText {
  readonly units: readonly ParsedUnit[];
  readonly imports: readonly string[];
  /** Whether parts could not be parsed; the units of all other parts are there. */
  readonly isBroken: boolean;
}
