// What a step of the doctor finds: one line for the operator, with what to do next when something is wrong.
export type Status = 'ok' | 'warning' | 'FAILED' | 'skipped';

export interface Finding {
  status: Status;
  text: string;
}

export interface Step {
  name: string;
  /** Never asked before the steps above it have ended. */
  find(): Promise<Finding>;
}

export const ok = (text: string): Finding => ({ status: 'ok', text });
/** It works, and should not stay so. */
export const warning = (text: string): Finding => ({ status: 'warning', text });
export const failed = (text: string): Finding => ({ status: 'FAILED', text });
export const skipped = (text: string): Finding => ({ status: 'skipped', text });
