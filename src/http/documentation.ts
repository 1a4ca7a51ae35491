// The API documents itself: OpenAPI 3.1 at /api/openapi.json, made of the schemas that also parse.
import swagger from '@fastify/swagger';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { errorBodySchema, errorStatus } from '../contract/errors.ts';
import type { App } from './route.ts';

export async function useDocumentation(app: App, { version }: { version: string }): Promise<void> {
  if (!z.globalRegistry.has(errorBodySchema)) z.globalRegistry.add(errorBodySchema, { id: 'ErrorBody' });
  const codes = Object.entries(errorStatus).map(([code, status]) => `\`${code}\` (${status})`);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Samsyn',
        version,
        description: `The API of Samsyn’s own web app. Every write carries the header \`x-samsyn: 1\`. What can go wrong has a code: ${codes.join(', ')}.`,
      },
      components: {
        securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: '__Host-samsyn' } },
      },
      security: [{ session: [] }],
    },
    transform: (document) => {
      const { schema, url } = jsonSchemaTransform(document);
      const isWrite = !['GET', 'HEAD'].includes(String(document.route.method));
      return { url, schema: isWrite ? { ...schema, headers: writeHeaders } : schema };
    },
    transformObject: (document) => {
      const made = jsonSchemaTransformObject(document);
      // The transform lists each schema twice, as input and as output; an error is only ever an answer.
      if ('components' in made) delete made.components?.schemas?.['ErrorBodyInput'];
      return made;
    },
  });
  app.get('/api/openapi.json', { schema: { hide: true } }, () => app.swagger());
}

const writeHeaders = {
  type: 'object',
  properties: { 'x-samsyn': { type: 'string', enum: ['1'], description: 'Keeps writes of other sites out' } },
  required: ['x-samsyn'],
};
