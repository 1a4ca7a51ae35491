// The height of rows in all lists of this browser.
import { useState } from 'react';
import { readStored, writeStored } from '../stored.ts';

export type Density = 'comfortable' | 'compact';
const storageKey = 'samsyn.density';

export function useDensity(): [Density, (density: Density) => void] {
  const [density, setDensity] = useState<Density>(() =>
    readStored(storageKey) === 'compact' ? 'compact' : 'comfortable',
  );
  return [
    density,
    (chosen) => {
      writeStored(storageKey, chosen);
      setDensity(chosen);
    },
  ];
}
