// Every invariant that is looked at after each commit, and the names of all that the simulation holds.
import { checkBooks } from './books.ts';
import { checkBrake } from './brake.ts';
import { checkLinks } from './links.ts';
import { checkMirror } from './mirror.ts';
import { checkPeople } from './people.ts';
import type { Check } from './step.ts';
import { checkTurningOff } from './turning-off.ts';

export const checks: readonly Check[] = [checkPeople, checkLinks, checkMirror, checkBrake, checkBooks, checkTurningOff];
