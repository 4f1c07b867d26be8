type Told = { code?: string };
const isOfTheMoment = ({ code }: Told): boolean => code === 'private_name';

/** An answer without what is of the moment: incidents and things that resemble it, and who is registered as private. A repeat of the request need not give the same. */
export const lastingIn = (text: string): string => {
  if (!['"candidates":', '"resembles":', '"private_name"'].some((word) => text.includes(word))) return text;
  return JSON.stringify(JSON.parse(text), (name, value) => {
    if (name === 'candidates' || name === 'resembles') return undefined;
    return name === 'warnings' && Array.isArray(value) ? value.filter((one: Told) => !isOfTheMoment(one)) : value;
  });
};
