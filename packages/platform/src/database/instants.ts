const forms = { day: 'YYYY-MM-DD', 3: 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"', 6: 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"' } as const;

/** SQL for an instant as ISO 8601 in UTC, whatever the session's own form of dates is: its day, or with so many digits of the second's fraction. */
export const isoText = (column: string, digits: keyof typeof forms): string => `to_char(${column} AT TIME ZONE 'UTC', '${forms[digits]}')`;
