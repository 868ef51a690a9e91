import type { Locator } from 'playwright-core';

/** A picture with fewer different colours than this shows nothing. */
export const BLANK_BELOW_COLOURS = 8;

/** How many different colours an element shows on the screen: its screenshot is drawn and counted in the browser. */
export async function coloursOf(element: Locator): Promise<number> {
  const png = (await element.screenshot()).toString('base64');
  return element.page().evaluate(async (data) => {
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    if (context === null) return 0;
    context.drawImage(image, 0, 0);
    const { data: pixels } = context.getImageData(0, 0, image.width, image.height);
    return new Set(new Uint32Array(pixels.buffer)).size;
  }, png);
}
