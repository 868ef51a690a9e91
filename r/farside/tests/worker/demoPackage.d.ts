/** Installs a package with help pages and a vignette in a library, some of it hostile. */
export declare function installDemo(library: string): void;
