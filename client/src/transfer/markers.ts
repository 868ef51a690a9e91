import type { FolderItem } from './access.ts';

/** Files at the root by which here::here() and its like find it: they go up even when ignored. */
const ROOT_MARKERS = [
  /^\.here$/,
  /\.Rproj$/,
  /^DESCRIPTION$/,
  /^renv\.lock$/,
  /^_quarto\.yml$/,
  /^_pkgdown\.yml$/,
  /^\.projectile$/,
  /^remake\.yml$/,
];

/** Stands for the repository: an empty file in a folder `.git`, which is all that finding the root needs. */
export const GIT_MARKER = '.git/.farside';

export const isRootMarker = (path: string): boolean => ROOT_MARKERS.some((marker) => marker.test(path));
export const hasGit = (root: readonly FolderItem[]): boolean => root.some(({ name }) => name === '.git');
