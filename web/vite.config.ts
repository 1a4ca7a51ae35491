// Builds the web app to dist/web, which the server serves; in development it asks the server for /api.
// The server replaces `__CSP_NONCE__` in index.html by the nonce of each answer's Content-Security-Policy.
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig(({ command }) => ({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react()],
  // In development there is no server that replaces the text, and no policy either.
  html: command === 'build' ? { cspNonce: '__CSP_NONCE__' } : {},
  build: {
    outDir: fileURLToPath(new URL('../dist/web', import.meta.url)),
    emptyOutDir: true,
    // No data: addresses, so that the policy can name 'self' only.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        // zod is told before its first schema that the policy refuses `new Function`: both in one file, in that order.
        codeSplitting: { groups: [{ name: 'zod', test: /node_modules\/zod\/|\/src\/trusted-types\.ts$/ }] },
      },
    },
  },
  server: {
    port: 5173,
    proxy: { '/api': 'http://localhost:3000' },
  },
}));
