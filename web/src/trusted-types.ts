// Runs before everything else: what the Content-Security-Policy (style nonce, trusted types, no eval) asks of the libraries.
import { z } from 'zod';

// zod would try `new Function` to go faster, which the policy refuses and reports.
z.config({ jitless: true });

interface TrustedTypes {
  createPolicy(name: string, rules: { createHTML(text: string): string }): unknown;
}
const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes }; // not in TypeScript's DOM types

// The only text that a library sets as HTML is the content of <style>: Mantine's variables. It holds no tag, so nothing with one may pass.
trustedTypes?.createPolicy('default', { createHTML: (text) => text.replaceAll('<', '') });

/** The nonce that styles added at run time carry; undefined in development. */
export const styleNonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;

// Read by get-nonce, through which the dialogs' scroll lock adds its style.
Object.assign(globalThis, { __webpack_nonce__: styleNonce });
