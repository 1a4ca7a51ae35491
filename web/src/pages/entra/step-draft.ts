// The settings of one step while they are being edited: what is saved, what is written, and whether they differ.
import { useEffect, useRef, useState } from 'react';
import type { Step } from '../../../../src/contract/settings.ts';

/** What the server answers to a saving. */
export interface Saved {
  stepsDone: Step[];
}

export interface StepDraft<T> {
  draft: T;
  setDraft: (draft: T) => void;
  isChanged: boolean;
  /** Takes the draft for what is saved now. */
  markSaved: (answer: Saved) => void;
  discard: () => void;
}

/**
 * `saved` is null until the step was saved once; then one begins with `empty`, or with what was `begun` before. `onSaved` comes once
 * the page knows of the saving.
 */
export function useStepDraft<T>(saved: T | null, empty: T, onSaved: (answer: Saved) => void, begun?: T): StepDraft<T> {
  const [base, setBase] = useState(saved);
  const [seen, setSeen] = useState(saved);
  const [draft, setDraft] = useState(begun ?? saved ?? empty);
  const [answer, setAnswer] = useState<Saved | null>(null);
  const isChanged = !isSame(draft, base ?? empty);
  if (!isSame(saved, seen)) {
    setSeen(saved);
    // A newer answer of the server is shown as long as nothing is being written here.
    if (saved !== null && !isChanged) {
      setBase(saved);
      setDraft(saved);
    }
  }
  const latest = useRef(onSaved);
  useEffect(() => {
    latest.current = onSaved;
  });
  useEffect(() => {
    // Not in the call's own answer: the guard against leaving has to see first that nothing is unsaved.
    if (answer !== null) latest.current(answer);
  }, [answer]);
  return {
    draft,
    setDraft,
    isChanged,
    markSaved: (one) => {
      setBase(draft);
      setAnswer(one);
    },
    discard: () => setDraft(base ?? empty),
  };
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
