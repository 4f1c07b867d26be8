/** An answer without what is of the moment, as the contract says: a repeat need not be answered the same there. Others are as they were. */
export const lastingIn = (text: string): string => {
  if (!text.includes('"candidates":') && !text.includes('"resembles":')) return text;
  return JSON.stringify(JSON.parse(text), (name, value) => (name === 'candidates' || name === 'resembles' ? undefined : value));
};
