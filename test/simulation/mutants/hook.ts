// Puts a planted bug into the engine while Node loads it: the text that is replaced must be there exactly once, so that a mutant that the
// engine has grown away from is noticed. Given to Node by --import, with the mutant's name in SAMSYN_MUTANT.
import { registerHooks } from 'node:module';
import { mutants } from './list.ts';

const name = process.env['SAMSYN_MUTANT'];
const mutant = mutants.find((one) => one.name === name);
if (!mutant) throw new Error(`There is no mutant ${name}`);
const source = new URL('../../../src/', import.meta.url).href;

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const patches = mutant.patches.filter(({ file }) => url === `${source}${file}`);
    if (patches.length === 0) return loaded;
    let text = Buffer.from(loaded.source as Uint8Array).toString('utf8'); // of a file, always bytes
    for (const { find, put } of patches) {
      const parts = text.split(find);
      if (parts.length !== 2) throw new Error(`Mutant ${mutant.name}: found ${parts.length - 1} times: ${find}`);
      text = parts.join(put);
    }
    return { ...loaded, source: text };
  },
});
