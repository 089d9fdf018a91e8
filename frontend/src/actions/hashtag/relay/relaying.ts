/** What is handed to the phone's share sheet, and whether there is one that takes it. */

export const canShare = (): boolean => "share" in navigator;

/** A picture as a file with a name that tells nothing but what it is. */
export function asFile(blob: Blob): File {
  const type = blob.type || "image/jpeg";
  return new File([blob], `image.${type === "image/png" ? "png" : "jpg"}`, { type });
}

export function canShareFile(file: File): boolean {
  return canShare() && "canShare" in navigator && navigator.canShare({ files: [file] });
}

/** True once it was handed on; false when the person closed the sheet. */
export async function share(data: ShareData): Promise<boolean> {
  try {
    await navigator.share(data);
    return true;
  } catch {
    return false;
  }
}
