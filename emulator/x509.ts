// Loads the library that writes certificates. It is a development dependency and only HTTPS needs it, so it is asked for then.
import type * as x509 from '@peculiar/x509';

type X509 = typeof x509;

/** Throws a sentence for the person at the command line when the library is not installed. */
export async function loadX509(): Promise<X509> {
  // A part of the library keeps notes by decorators and refuses to load without Reflect's metadata functions, which nobody here
  // installs. Its classes ask for no arguments, so there is nothing to note; the functions are gone again after loading.
  const added = NOTES.filter((name) => !Reflect.has(Reflect, name));
  for (const name of added) Reflect.defineProperty(Reflect, name, { value: () => undefined, configurable: true });
  try {
    return await import('@peculiar/x509');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')
      throw new Error('HTTPS needs the development dependencies: run npm ci without --omit=dev.', { cause: error });
    throw error;
  } finally {
    for (const name of added) Reflect.deleteProperty(Reflect, name);
  }
}

const NOTES = ['getMetadata', 'getOwnMetadata', 'defineMetadata'];
