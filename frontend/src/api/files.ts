/** Files of the app itself, which are no calls of the API. */

/** A file of data. Rejects without network, and when it is not there. */
export async function fetchFile<T>(address: string): Promise<T> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${response.status}`);
  return (await response.json()) as T;
}
