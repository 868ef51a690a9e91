import {
  encodeRecord,
  FarsideError,
  INPUT_ID_BYTES,
  InputFlag,
  inputFrame,
  MAX_INPUT_BYTES,
  toUtf8,
  TransientType,
  writeInputId,
  type InputId,
  type InputRequest,
  type RunRequest,
} from '@farside/protocol';
import { asFarside } from '../http/errors.ts';
import { shownAs, storeRun } from '../runs.ts';
import type { Attachment } from './attachment.ts';
import type { Connection } from './connection.ts';

const MAX_RUN_NAME = 1_000;

/** The attachment when it may send; throws `forbidden` for one that only reads. */
export function writable(connection: Connection, id: string): Attachment {
  const attachment = connection.attachment(id);
  if (attachment.readOnly) throw new FarsideError('forbidden', { reason: 'this attachment only reads' });
  return attachment;
}

/** Lines typed. What can not be taken is answered by a `refused` record, as the worker answers. */
export function sendInput(connection: Connection, request: InputRequest): void | Promise<void> {
  const id = inputId(request);
  const size = Buffer.byteLength(request.text);
  try {
    const attachment = writable(connection, request.attachment);
    if (size > MAX_INPUT_BYTES) throw new FarsideError('inputTooLarge', { size, limit: MAX_INPUT_BYTES });
    const frame = inputFrame({ ...id, flag: InputFlag.line, display: '', text: request.text });
    return attachment.inTurn(() => pass(connection, request.attachment, attachment, frame));
  } catch (error) {
    if (!(error instanceof FarsideError) || error.code === 'notFound') throw error;
    connection.socket.emit('session:records', request.attachment, refused(id, error.text));
  }
}

/** A file: its text is stored first, then the line that runs it is sent. */
export async function sendRun(connection: Connection, request: RunRequest): Promise<Record<string, never>> {
  const attachment = writable(connection, request.attachment);
  const size = Buffer.byteLength(request.text);
  if (size > MAX_INPUT_BYTES) throw new FarsideError('inputTooLarge', { size, limit: MAX_INPUT_BYTES });
  if (request.name === '' || request.name.length > MAX_RUN_NAME || /\p{Cc}/u.test(request.name))
    throw new FarsideError('badRequest', { reason: 'that is not the name of a file' });
  const directory = connection.deps.sessions.runsOf(attachment.session);
  return attachment.inTurn(async () => {
    const text = await storeRun(directory, `${request.client}-${request.counter}`, request).catch(
      (error: unknown) => {
        const known = asFarside(error, connection.deps.log);
        // The client will send it again, and what came behind it must not go first.
        if (known.retryable) connection.fail(request.attachment, known);
        throw known;
      },
    );
    const frame = inputFrame({
      ...inputId(request),
      flag: InputFlag.run,
      display: shownAs(request),
      text,
    });
    pass(connection, request.attachment, attachment, frame);
    return {};
  });
}

/** A stream that does not keep up ends, and with it the order of inputs stays right: the client sends them again. */
function pass(connection: Connection, id: string, attachment: Attachment, frame: Uint8Array): void {
  if (!attachment.write(frame))
    connection.fail(id, new FarsideError('computeDown', { reason: 'it takes no input' }));
}

const inputId = ({ client, counter }: InputRequest): InputId => ({ client: BigInt(`0x${client}`), counter });

function refused(id: InputId, reason: string): Uint8Array {
  const text = toUtf8(reason);
  const payload = new Uint8Array(INPUT_ID_BYTES + text.length);
  writeInputId(payload, id);
  payload.set(text, INPUT_ID_BYTES);
  return encodeRecord({ type: TransientType.refused, payload });
}
