/* Frames from readers: protocol/src/worker.ts. */
#ifndef FARSIDE_FRAMES_H
#define FARSIDE_FRAMES_H

#include <stddef.h>
#include <stdint.h>

#define MAX_INPUT_BYTES (16u << 20)
#define MAX_FRAME_PAYLOAD (MAX_INPUT_BYTES + 64u * 1024u)

/* Handles one frame; -1: the connection is hostile or broken and has to be closed. [locked] */
int frame_handle(int connection, char type, const uint8_t *payload, size_t size);

#endif
