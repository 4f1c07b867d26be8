/** The package has no types. */
declare module 'webvtt-parser' {
  export type Node =
    | { type: 'text'; value: string }
    | { type: 'timestamp'; value: number }
    | { type: 'object'; name: string; value?: string; classes?: string[]; children: Node[] };
  export type ParsedCue = { id: string; startTime: number; endTime: number; text: string; tree: { children: Node[] } };

  class WebVTTParser {
    constructor(entities?: Record<string, string>);
    parse(input: string, mode?: string): { cues: ParsedCue[]; errors: { message: string; line: number }[] };
  }

  /** It is a CommonJS module. */
  const webvtt: { WebVTTParser: typeof WebVTTParser };
  export default webvtt;
}
