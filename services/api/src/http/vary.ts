/** The headers of a request by which answers differ: what a key may see must not be kept for those without it. */
export const vary = 'authorization, accept-encoding, origin';
