/** Every platform has these two; declared here because this package takes no platform's types. */
declare const TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> };
declare const TextDecoder: new (label: string) => { decode(bytes: Uint8Array): string };

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8');

export const toUtf8 = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text);
/** Invalid bytes become U+FFFD. For text that may end inside a character use a streaming decoder. */
export const fromUtf8 = (bytes: Uint8Array): string => decoder.decode(bytes);
