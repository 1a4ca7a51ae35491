// Small choices that this browser remembers. Private windows may refuse storage: then nothing is remembered, and nothing breaks.
export function readStored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function writeStored(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // remembered for this visit only
  }
}
