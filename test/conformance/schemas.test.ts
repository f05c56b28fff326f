import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { allOperations } from '../support/openapi-source.js';

it('can read every response schema of the spec', () => {
  const ajv = new Ajv2020({ strict: false, validateSchema: false, validateFormats: false, logger: false });
  const operations = ['client-server', 'server-server'].flatMap(allOperations);
  for (const operation of operations) {
    for (const [status, schema] of operation.responses) {
      if (schema) expect(() => ajv.compile(schema), `${operation.name} ${status}`).not.toThrow();
    }
  }
});
