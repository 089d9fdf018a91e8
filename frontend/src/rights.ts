/** Where the built-in sentences about the law come from, and when they were last checked. */

export const DEMONSTRATION_LAW = {
  source: "CP 431-9, R.644-4 ; Cass. crim., 14 juin 2022",
  checkedOn: "2026-11-22",
};
