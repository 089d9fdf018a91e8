/** Whether this page was opened from the icon on the home screen. */
export function openedFromIcon(): boolean {
  const { standalone } = navigator as Navigator & { standalone?: boolean };
  return standalone === true || matchMedia("(display-mode: standalone), (display-mode: minimal-ui)").matches;
}
