import { ownerCookie, type RunningServer } from './http.ts';

/** Fields of a form; pairs where one is given several times. */
export type Fields = Readonly<Record<string, string>> | [string, string][];

/** Posts a form as a page of the server would, signed in unless `headers` holds a cookie; `to` is where the answer leads. */
export async function postForm(
  server: RunningServer,
  {
    path,
    fields,
    headers = {},
  }: { readonly path: string; readonly fields: Fields; readonly headers?: object },
): Promise<{ readonly status: number; readonly text: string; readonly to: string }> {
  const { url } = server;
  const cookie = await ownerCookie(server);
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams(fields),
    headers: { origin: url, cookie, ...headers },
  });
  const to = decodeURIComponent(response.headers.get('location') ?? '');
  return { status: response.status, text: await response.text(), to };
}
