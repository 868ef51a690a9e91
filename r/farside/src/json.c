/* Strings as JSON, without allocating: also used while the process dies. */
#include "json.h"
#include <stdio.h>

size_t json_string(char *out, size_t room, const char *text) {
  size_t n = 0;
  out[n++] = '"';
  for (const unsigned char *p = (const unsigned char *)text; *p && n + 8 < room; p++) {
    if (*p == '"' || *p == '\\') {
      out[n++] = '\\';
      out[n++] = (char)*p;
    } else if (*p < 0x20) n += (size_t)snprintf(out + n, 7, "\\u%04x", *p);
    else out[n++] = (char)*p;
  }
  /* Not in the middle of a character. */
  while (n > 1 && ((unsigned char)out[n - 1] & 0xC0) == 0x80 && n + 8 >= room) n--;
  out[n++] = '"';
  out[n] = 0;
  return n;
}
