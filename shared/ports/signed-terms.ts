/** Headers that bind a signed PUT: one create only, exactly this many bytes, exactly this type. The caller must send them. */
export function uploadTerms(sizeBytes: number | undefined, contentType: string | undefined): Record<string, string> {
  return {
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
    ...(sizeBytes === undefined ? {} : { 'x-goog-content-length-range': `${sizeBytes},${sizeBytes}` }),
    'x-goog-if-generation-match': '0',
  };
}

/** The content-disposition under which a browser saves a file as `fileName`. RFC 6266, RFC 8187. */
export const attachment = (fileName: string): string =>
  `attachment; filename*=UTF-8''${encodeURIComponent(fileName).replace(/['()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)}`;
