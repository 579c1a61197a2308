import { Hono } from 'hono';
import { html } from 'hono/html';
import { OPERATIONS } from '../../operations/index.ts';
import { onlyReads, type Operation, pathOf } from '../../operations/operation.ts';
import { fieldsOf, type JsonSchema, schemaOf, typesOf } from '../../operations/schema.ts';
import { type ConsoleEnv, requireOwner } from '../access/owner.ts';
import { PREFIX } from '../api/openapi.ts';
import type { AppDeps } from '../app.ts';
import { answerFault } from './ui/fault.ts';
import { type Html, show } from './ui/page.ts';
import { badge, dataTable, plain } from './ui/parts.ts';

/** /api: the reference of the HTTP API, read from the list of operations; no script, and nothing from elsewhere. */
export function referencePage({ access }: AppDeps): Hono<ConsoleEnv> {
  const page = new Hono<ConsoleEnv>();
  page.onError(answerFault);
  page.get('/', requireOwner(access), (context) =>
    show(context, {
      title: 'HTTP API',
      body: html`<h1>HTTP API</h1>
        <p>
          Every operation is at <code>${PREFIX}/&lt;noun&gt;/&lt;verb&gt;</code>: GET with a query
          where it only reads, else POST with JSON. Send the token of the stack as
          <code>Authorization: Bearer</code>. Lists have <code>limit</code>, <code>cursor</code> and
          <code>fields</code>; writes take an <code>Idempotency-Key</code>. The same as a document:
          <code>${PREFIX}/openapi.json</code> (OpenAPI 3.1, with the token).
        </p>
        <ul>
          ${OPERATIONS.map(
            ({ name, says }) => html`<li><a href="#${name}">${name}</a>: ${says}</li>`,
          )}
        </ul>
        ${OPERATIONS.map(operationPart)}`,
    }),
  );
  return page;
}

function operationPart(operation: Operation): Html {
  const { name, says, role, effect } = operation;
  const { required = [] } = schemaOf(operation, 'input') as { readonly required?: string[] };
  const { properties = {} } = schemaOf(operation, 'output') as { readonly properties?: object };
  return html`<section class="card" id="${name}">
    <h2>${name}</h2>
    <p>${says}</p>
    <p>
      <code>${onlyReads(operation) ? 'GET' : 'POST'} ${PREFIX}${pathOf(operation)}</code>
      ${badge(effect)} ${badge(`role ${role}`)}
    </p>
    ${dataTable({
      caption: `What ${name} takes`,
      head: ['field', 'type', 'needed', 'what it is'],
      rows: Object.entries(fieldsOf(operation)).map(([field, schema]) => [
        field,
        typeText(schema),
        required.includes(field) ? 'yes' : 'no',
        descriptionOf(schema),
      ]),
      empty: 'It takes nothing.',
    })}
    <p>Answers: ${Object.keys(properties).join(', ') || 'see the document'}.</p>
    <details>
      <summary>Example</summary>
      ${plain(operation.example)}
    </details>
  </section>`;
}

const typeText = (schema: JsonSchema): string =>
  [...new Set(typesOf(schema))].join(' or ') || 'any';

const descriptionOf = ({ description }: JsonSchema): string =>
  typeof description === 'string' ? description : '';
