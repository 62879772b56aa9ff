/** Etag of what was never set: `ACAB` in JSON, as Google answers. */
const unsetEtag: Uint8Array = Uint8Array.of(0x00, 0x20, 0x01);
/** First byte of every other etag, which makes their JSON begin with `B`. */
const etagMark = 0x07;
const etagBytes = 8;

/** The etag of a record's revision; 0 stands for "never set". */
export function formatRevisionEtag(revision: number): Uint8Array {
  if (revision === 0) return unsetEtag;
  const etag = Buffer.alloc(etagBytes);
  etag.writeUIntBE(revision, 2, 6);
  etag[0] = etagMark;
  return etag;
}

/** The revision that an etag names; undefined for bytes that we never sent. */
export function parseRevisionEtag(etag: Uint8Array): number | undefined {
  const bytes = Buffer.from(etag);
  if (bytes.equals(unsetEtag)) return 0;
  return bytes.length === etagBytes && bytes[0] === etagMark ? bytes.readUIntBE(2, 6) : undefined;
}
