import { type Operation, operationsOf } from './routes.ts';

/** The table of a service's endpoints, as the docs show it, from its /openapi.json. */
export function endpointTable(document: { readonly paths: object }): string {
  const rows = [...operationsOf(document)].map(([name, operation]) => {
    const query = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
    const names = query.length === 0 ? '' : `?${query.map((parameter) => parameter.name).join('&')}`;
    const cells = [`\`${name}${names}\``, operation.summary, needsOf(operation), errorsOf(operation)];
    return `| ${cells.join(' | ')} |`;
  });
  return ['| request | what it gives | needs | errors |', '|---|---|---|---|', ...rows].join('\n');
}

const NEEDS: Readonly<Record<string, string>> = {
  viewer: "a viewer's token",
  apiKey: 'an API key',
  jobSecret: "the job's secret",
  session: 'a session of the console',
};

/** One of these; a session's token goes with each change, as is told beside the table. */
function needsOf({ security = [] }: Operation): string {
  const schemes = security.flatMap((scheme) => Object.keys(scheme).filter((name) => name !== 'csrfToken'));
  const needs = schemes.map((name) => NEEDS[name] ?? name);
  const isOptional = security.some((scheme) => Object.keys(scheme).length === 0);
  return needs.join(' or ') + (isOptional ? ', or nothing' : '');
}

/** What every route may answer, and each that takes a body, is told beside the table. */
const COMMON = ['UriTooLong', 'InternalServerError', 'NotEnoughResources', 'PayloadTooLarge', 'UnsupportedMediaType'];

function errorsOf({ responses }: Operation): string {
  return Object.entries(responses)
    .filter(([status]) => Number(status) >= 400)
    .map(([status, { description }]) => [status, description.split(', ').filter((name) => !COMMON.includes(name))])
    .filter(([, names = []]) => names.length > 0)
    .map(([status, names]) => `${String(status)} ${[names].flat().join(', ')}`)
    .join('; ');
}
