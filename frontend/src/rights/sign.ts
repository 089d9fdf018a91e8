/** The sign of the rights sheet: a shield. */
export const SHIELD = "M10 2.500 16.500 5v5c0 4-3 6.500-6.500 7.500C6.500 16.500 3.500 14 3.500 10V5Z";
