// Where chance comes from for waits: two that have collided must not meet again. A test can deal the cards itself.

/** A number from 0 to 1, without 1. */
export type Chance = () => number;

export const systemChance: Chance = () => Math.random();
