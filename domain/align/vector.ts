/** Base64 of little-endian float32. */
export function encodeVector(vector: Float32Array): string {
  const bytes = new DataView(new ArrayBuffer(vector.length * 4));
  vector.forEach((value, at) => bytes.setFloat32(at * 4, value, true));
  return Buffer.from(bytes.buffer).toString('base64');
}

/** Reads base64 of little-endian float32 into `into`, from place `at` on; RangeError unless it holds `dimension` numbers. */
export function decodeVector(
  text: string,
  place: { readonly into: Float32Array; readonly at: number; readonly dimension: number },
): void {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== place.dimension * 4)
    throw new RangeError(
      `a stored vector holds ${bytes.length} bytes; dimension ${place.dimension} needs ${place.dimension * 4}`,
    );
  for (let i = 0; i < place.dimension; i++) place.into[place.at + i] = bytes.readFloatLE(i * 4);
}
