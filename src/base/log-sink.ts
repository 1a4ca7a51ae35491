// Where the log leaves the process. A disk that is full, or a reader that has gone, must stop no sync: a line that cannot be written is
// dropped and counted, and the next one that can be says how many are missing (F58).

/** Writes bytes, and answers how many; throws when none can be written. As `fs.writeSync` does. */
export type WriteBytes = (bytes: Uint8Array) => number;

/** `noteDropped`: the line, with its end, that tells of so many that are missing. Never throws. */
export function createLogSink(write: WriteBytes, noteDropped: (count: number) => string): (line: string) => void {
  let dropped = 0;
  let isTorn = false;

  function writeWhole(text: string): void {
    let rest: Uint8Array = Buffer.from(text);
    while (rest.length > 0) {
      const written = write(rest);
      if (written === 0) throw new Error('nothing was written');
      // What follows a half line must not become a part of it.
      isTorn = written < rest.length;
      rest = rest.subarray(written);
    }
  }

  return (line) => {
    try {
      if (isTorn) writeWhole('\n');
      if (dropped > 0) writeWhole(noteDropped(dropped));
      dropped = 0;
      writeWhole(line);
    } catch {
      dropped += 1;
    }
  };
}
