export const home: string;
export const codeServer: string;
export const node: string;
export const chromium: string;
export function install(): Promise<void>;
