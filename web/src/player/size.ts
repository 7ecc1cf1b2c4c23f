//! Sizes of files as people read them: 640 MB, 1.2 GB.

export function formatSize(bytes: number, language: string): string {
  const [unit, short, size] = bytes < 1e9 ? ["megabyte", "MB", bytes / 1e6] as const : ["gigabyte", "GB", bytes / 1e9] as const;
  const digits = size < 10 ? 1 : 0;
  try {
    return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: digits }).format(size);
  } catch {
    // Televisions without units show it in English.
    return `${size.toFixed(digits)} ${short}`;
  }
}
