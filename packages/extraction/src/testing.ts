/** Documents for tests. */

/** A PDF with a page for each of these content streams, in a font whose letters are what `unicode` says: by code, in hexadecimal. */
export const writtenPdf = (contents: string | readonly string[], unicode: Readonly<Record<string, string>> = {}): Buffer => {
  const mapped = Object.entries(unicode);
  const map = `/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def 1 begincodespacerange <00> <FF> endcodespacerange
${mapped.length} beginbfchar ${mapped.map(([code, text]) => `<${code}> <${text}>`).join(' ')} endbfchar endcmap end end`;
  const stream = (data: string) => `<< /Length ${Buffer.byteLength(data, 'latin1')} >>\nstream\n${data}\nendstream`;
  const pages = [contents].flat();
  // Of each page two objects, after the four that all have in common.
  const pageAt = (index: number) => 5 + 2 * index;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${pages.map((_, index) => `${pageAt(index)} 0 R`).join(' ')}] /Count ${pages.length} >>`,
    `<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding ${mapped.length > 0 ? '/ToUnicode 4 0 R' : ''} >>`,
    stream(map),
    ...pages.flatMap((content, index) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents ${pageAt(index) + 1} 0 R /Resources << /Font << /F 3 0 R >> >> >>`,
      stream(content),
    ]),
  ];
  let pdf = '%PDF-1.7\n';
  const offsets = objects.map((object, index) => {
    const offset = pdf.length;
    pdf += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const start = pdf.length;
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  pdf += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(pdf, 'latin1');
};

/** A web archive with one response. */
export const writtenArchive = (url: string, mediaType: string, body: string): Buffer => {
  const http = `HTTP/1.1 200 OK\r\nContent-Type: ${mediaType}\r\n\r\n${body}`;
  const head = [
    'WARC/1.0',
    'WARC-Type: response',
    `WARC-Target-URI: ${url}`,
    'WARC-Date: 2026-01-14T12:00:00Z',
    'WARC-Record-ID: <urn:uuid:12345678-1234-4234-8234-123456789abc>',
    'Content-Type: application/http; msgtype=response',
    `Content-Length: ${Buffer.byteLength(http)}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${http}\r\n\r\n`);
};
